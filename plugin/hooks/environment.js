// Which parts of an environment section tell of the here and now, and which say the same everywhere. Pure.
// Twin: hive_integration/units/environment.py, where each rule has its reason.

import { blank, trimmed, word, words } from './text.js'

const DYNAMIC = new RegExp(
  '^(?:(?:(?:Primary |Additional )?working director(?:y|ies)|Is (?:directory )?a git repo(?:sitory)?|Platform|Shell' +
    "|OS Version|User(?: ?name| email)?|(?:Today's |Current )?date|Time ?zone)" +
    `(?![${word}])[^.\\n]{0,20}:` +
    "|This is a git worktree|You are powered by|(?:Assistant )?knowledge cutoff|(?:Today's|The current) date)",
  'iu',
)
const VALUE = new RegExp(
  `/[${word}.@+\\-]+/[${word}]|[A-Za-z]:\\\\|~/|\\p{Nd}{4}-\\p{Nd}\\p{Nd}-\\p{Nd}\\p{Nd}|[${word}]@[${word}\\-]+\\.[${word}]|[0-9a-f]{8}-[0-9a-f]{4}-`,
  'u',
)
const HEAD = /^# Environment[ \t]*(?:\n|$)(?:You have been invoked[^\n]*\n?)?/
const BULLET = new RegExp(`^ ?- [^${blank}]`)

/** [{at, stays}] of the pieces of a section, heading first; `stays`: it is environment and never goes. */
export function environmentLines(section) {
  const head = HEAD.exec(section)?.[0].length ?? 0
  const blocks = blocksOf(section, head)
    .filter(block => trimmed(words(block.text)))
    .map(block => ({ at: block.at, stays: !isStatic(block.text) }))
  let before = head > 0 && blocks.every(block => !block.stays) ? false : true
  const pieces = [{ at: 0, stays: before }]
  for (const block of blocks) {
    if (!block.stays || !before) pieces.push(block)
    before = block.stays
  }
  return pieces
}

function isStatic(text) {
  const said = trimmed(words(text))
  if (!said.startsWith('- ') || !said.endsWith('.')) return false
  const line = said.slice(2)
  return !DYNAMIC.test(line) && !VALUE.test(line)
}

function blocksOf(section, start) {
  const blocks = []
  let begin = start
  let ended = false // a blank line or a tag came, so that other text is no part of the bullet
  let at = start
  while (at < section.length) {
    const feed = section.indexOf('\n', at)
    const next = feed < 0 ? section.length : feed + 1
    const line = section.slice(at, next)
    const says = trimmed(words(line)) !== ''
    const bullet = BULLET.test(line)
    if (bullet || (ended && says)) {
      if (at > begin) blocks.push({ at: begin, text: section.slice(begin, at) })
      begin = at
      ended = false
    }
    ended ||= !says
    at = next
  }
  if (section.length > begin) blocks.push({ at: begin, text: section.slice(begin) })
  return blocks
}
