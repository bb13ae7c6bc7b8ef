// Takes out of a text what the weights hold: exactly the pieces whose digest is in the state's `units`. Pure but for
// the hashing, which the environment does asynchronously. Twin: hive_integration/gateway/strip.py.

import { cutContext, cutSystem } from './cut.js'
import { remainder } from './remainder.js'
import { digest, trimmed, trimmedEnd, words } from './text.js'

/** Characters. A longer text is left whole: no client's own comes near. */
const LARGEST = 256 * 1024
const TAG = /<\/?system-reminder>/

/** What is left of the composed prompt. `held(digest)` says whether the weights hold it, and takes note that it went. */
export const strippedSystem = (text, held) => stripped(text, cutSystem, async (piece, said) => held(await digest(said)))

/** The same of a context text. A text that quotes the client's own tags is left whole. `isKnown(tool)`: its name goes. */
export function strippedContext(text, held, isKnown) {
  if (TAG.test(text)) return text
  return stripped(text, cutContext, async (piece, said) => held(await digest(said)) || (piece.tool && isKnown(piece.tool)))
}

/** Whether a text is the client's listing of deferred tools, which grows when we defer some. */
export const isToolListing = text => text.startsWith('The following deferred tools are now available')

/** The names in such a listing. */
export const toolsListed = text => (isToolListing(text) ? cutContext(text).flatMap(piece => piece.tool ?? []) : [])

async function stripped(text, cut, goes) {
  if (text.length > LARGEST) return text
  const pieces = cut(text)
  const went = await Promise.all(
    pieces.map(async piece => {
      const said = words(text.slice(piece.start, piece.end))
      return !piece.stays && trimmed(said) !== '' && goes(piece, said)
    }),
  )
  const gone = new Set(pieces.flatMap((_, i) => (went[i] ? [i] : [])))
  return gone.size ? trimmedEnd(remainder(text, pieces, gone)) : text
}
