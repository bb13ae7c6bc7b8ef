// How the client's context messages are told apart: one row a kind of section. Pure.
// Twin: hive_integration/units/markers.py; the rows stand in the same order, the first that matches at a place counts.

import { BOL, word } from './text.js'

/** How a section falls into units: whole, `- name: …` entries, a name a line, `## server` parts, environment lines. */
const ENTRIES = 'entries'
const NAMES = 'names'
const SERVERS = 'servers'
const LINES = 'lines'

/** [pattern, what is not the rule: how it splits, or that it stays because it tells of the here and now]. */
const ROWS = [
  [`SessionStart(?::[${word}]+)? hook [^\\n:]{1,80}:`],
  ['UserPromptSubmit hook [^\\n:]{1,80}:'],
  ['(?:InstructionsLoaded|Setup) hook [^\\n:]{1,80}:'],
  ['# Environment\\nYou have been invoked', { split: LINES, stays: true }],
  ['You are powered by the model', { stays: true }],
  ["Today's date is \\p{Nd}", { stays: true }],
  ['<total_tokens>', { stays: true }],
  ["As you answer the user's questions, you can use the following context:"],
  ['# (?:currentDate|gitStatus|userEmail|directoryStructure)\\n', { stays: true }],
  [' *IMPORTANT: this context may or may not be relevant'],
  ['Claude Code attached this context automatically'],
  ['# claudeMd\\n'],
  ['Codebase and user instructions are shown below'],
  ['Contents of [^\\n]{1,4096}? \\((?:[^\\n\\(\\)]|\\([^\\n\\(\\)]*\\))*\\):\\n'],
  ['Attribution for git commits'],
  ['# Output Style: [^\\n]{1,80}\\n'],
  ['[^\\n]{1,80} output style is active\\.'],
  ['The following deferred tools are now available', { split: NAMES }],
  ['Available agent types for the Agent tool:', { split: ENTRIES }],
  ['When you launch multiple agents'],
  ['# MCP Server Instructions\\n', { split: SERVERS }],
  ['The following skills are available', { split: ENTRIES }],
]

const ANY = new RegExp(BOL + `(?:${ROWS.map(([pattern]) => `(${pattern})`).join('|')})`, 'gu')

/** [{at, split, stays}] of every section that a row opens, in the order of the text. */
export function sections(text) {
  return Array.from(text.matchAll(ANY), match => {
    const row = ROWS[match.slice(1).findIndex(group => group !== undefined)]
    return { at: withoutBlankLead(text, match.index), split: '', stays: false, ...row[1] }
  })
}

function withoutBlankLead(text, start) {
  while (text[start] === ' ' || text[start] === '\n') start += 1
  return start
}
