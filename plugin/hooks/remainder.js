// What is left of a text when some of its pieces go: tags stay, and only blanks at a seam change. Pure.
// Twin: hive_integration/units/remainder.py.

import { blank, trimmed, trimmedEnd } from './text.js'

const OPENING = new RegExp(`^[${blank}]*<system-reminder>\\n?`)
const CLOSING = '</system-reminder>'
const APART = '\n\n'

/** The text without the pieces whose places are in `gone`; empty where only blanks are left. */
export function remainder(text, pieces, gone) {
  const kept = []
  let openTag = false // the last thing kept is an opening tag of a piece that went
  let apart = false // the last piece that went ended with a blank line
  pieces.forEach((piece, i) => {
    const part = text.slice(piece.start, piece.end)
    if (!gone.has(i)) {
      if (apart && !openTag && kept.length && !kept.at(-1).endsWith(APART)) {
        kept.push(kept.at(-1).endsWith('\n') ? '\n' : APART)
      }
      kept.push(part)
      openTag = apart = false
      return
    }
    apart ||= part.endsWith(APART)
    const opening = OPENING.exec(part)
    if (opening) {
      kept.push(opening[0])
      openTag = true
    }
    const closing = closingOf(part)
    if (closing) {
      if (openTag) kept.pop()
      else {
        if (kept.length) kept.push(trimmedEnd(kept.pop()))
        kept.push(closing)
      }
      openTag = apart = false
    }
  })
  const left = kept.join('')
  return trimmed(left) ? left : ''
}

function closingOf(part) {
  const at = part.lastIndexOf(CLOSING)
  if (at < 0 || trimmed(part.slice(at + CLOSING.length))) return ''
  return at > 0 && part[at - 1] === '\n' ? part.slice(at - 1) : part.slice(at)
}
