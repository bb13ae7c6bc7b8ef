// Answers, a line a question, what the plugin's own modules make of a text. `argv[2]`: the folder that holds them.
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const from = name => import(pathToFileURL(`${process.argv[2]}/${name}.js`).href)
const [text, cut, left] = await Promise.all([from('text'), from('cut'), from('remainder')])

const shown = (whole, pieces, gone) => ({
  pieces: pieces.map(piece => [whole.slice(piece.start, piece.end), piece.stays]),
  tools: pieces.flatMap(piece => piece.tool ?? []),
  left: left.remainder(whole, pieces, new Set(gone.map(i => i % pieces.length))),
})

for await (const line of createInterface({ input: process.stdin })) {
  const { whole, gone } = JSON.parse(line)
  const answer = {
    digest: await text.digest(whole),
    system: shown(whole, cut.cutSystem(whole), gone),
    context: shown(whole, cut.cutContext(whole), gone),
  }
  console.log(JSON.stringify(answer))
}
