// Texts as Python sees them, so that a digest made here is the one that hive-ctx made. Pure.
//
// The two languages differ in what a blank is, in what `.` and `\w` match, and in where a line begins: a line ends with
// "\n" only, and blanks are those of Python's `str.strip`. Twin: hive_integration/units/unit.py.

/** For use inside a class of a pattern: what Python calls a blank. */
export const blank = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'

/** What Python's `\w` matches, inside a class; the pattern needs the flag `u`. */
export const word = '\\p{L}\\p{N}_'
/** The beginning and the end of a line. */
export const BOL = '(?<![^\\n])'
export const EOL = '(?![^\\n])'

const IS_BLANK = new RegExp(`^[${blank}]$`)
const TAGS = new RegExp(`<system-reminder>\\n?|\\n?</system-reminder>[${blank}]*`, 'g')

/** Without the blanks at the end; by steps, because a pattern would try every run of blanks inside. */
export function trimmedEnd(text) {
  let end = text.length
  while (end && IS_BLANK.test(text[end - 1])) end -= 1
  return text.slice(0, end)
}

export function trimmed(text) {
  let start = 0
  while (start < text.length && IS_BLANK.test(text[start])) start += 1
  return trimmedEnd(text.slice(start))
}

/** The words of a piece: without the client's tags around it. */
export const words = text => text.replace(TAGS, '')

/** The text whose sha256 is a unit's digest; undefined for what may be JSON, which has a rule of its own. */
export function normalised(text) {
  if (text.startsWith('{"')) return undefined
  const lines = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n')
  return trimmed(lines.map(trimmedEnd).join('\n'))
}

/** sha256 of a text's UTF-8 bytes, in hex. */
export async function sha256(text) {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(hash), byte => byte.toString(16).padStart(2, '0')).join('')
}

/** A unit's digest, without its prefix; empty where there is none. */
export async function digest(text) {
  const plain = normalised(text)
  return plain === undefined ? '' : sha256(plain)
}
