// Cuts what the client says into pieces, as the audit and the gateway cut it, so that digests are the same. Pure.
//
// A piece is {start, end, stays}; `stays`: environment, or text that no rule knows, which never goes whatever the
// manifest holds. Twin: hive_integration/units/cut.py.

import { environmentLines } from './environment.js'
import { sections } from './markers.js'
import { BOL, EOL, blank, trimmed } from './text.js'

const HEADING = new RegExp(`${BOL}# ([^\\n]+)${EOL}|${BOL}(\`\`\`|~~~)|${BOL}(gitStatus): `, 'gu')
const HERE_AND_NOW = new Set(['Environment', 'gitStatus', 'currentDate'])

/** The pieces of the composed system prompt: sections by their top-level headings. */
export function cutSystem(text) {
  const found = [{ at: 0, heading: '' }]
  let fenced = false
  for (const match of text.matchAll(HEADING)) {
    if (match[2]) fenced = !fenced
    else if (!fenced) {
      if (match.index === 0) found.pop()
      found.push({ at: match.index, heading: match[3] ?? trimmed(match[1]) })
    }
  }
  const parts = found.flatMap(({ at, heading }, i) => {
    const end = found[i + 1]?.at ?? text.length
    if (heading === 'Environment') return linesFrom(text, at, end)
    return [{ at, stays: HERE_AND_NOW.has(heading) }]
  })
  return partition(text, parts)
}

const ENTRY = new RegExp(
  `${BOL}- ([^${blank}:][^\\n:]{0,200}?(?::[^${blank}:][^\\n:]{0,200}?)*)(?=: |:${EOL}|${EOL})`,
  'gu',
)
const NAME = new RegExp(`${BOL}([A-Za-z0-9_][\\p{L}\\p{N}_.:@\\-]*)${EOL}`, 'gu')
const SERVER = new RegExp(`${BOL}## ([^\\n]+)${EOL}`, 'gu')
const PARTS = { entries: ENTRY, names: NAME, servers: SERVER }

/** The pieces of one context text or listing, the names of listed tools with them. */
export function cutContext(text) {
  const found = sections(text)
  const parts = found.flatMap((section, i) => {
    const end = found[i + 1]?.at ?? text.length
    if (section.split === 'lines') return linesFrom(text, section.at, end)
    return [{ at: section.at, stays: section.stays }, ...partsOf(text, section, end)]
  })
  return partition(text, parts)
}

function partsOf(text, section, end) {
  const pattern = PARTS[section.split]
  const feed = text.indexOf('\n', section.at)
  if (!pattern || feed < 0 || feed >= end) return []
  const from = feed + 1
  return Array.from(text.slice(from, end).matchAll(pattern), match => ({
    at: from + match.index,
    stays: section.stays,
    ...(section.split === 'names' && { tool: match[1] }),
  }))
}

function linesFrom(text, start, end) {
  return environmentLines(text.slice(start, end)).map(line => ({ at: start + line.at, stays: line.stays }))
}

/** Each piece ends where the next begins; what stands before the first one is a piece that no rule knows. */
function partition(text, parts) {
  const first = parts[0]?.at ?? text.length
  const known = parts.length > 0 && trimmed(text.slice(0, first)) === '' ? parts : [{ at: 0, stays: true }, ...parts]
  return known.map((part, i) => ({
    ...part,
    start: i === 0 ? 0 : part.at,
    end: known[i + 1]?.at ?? text.length,
  }))
}
