import { describe, expect, test, tier } from 'claude-code/testing'

import { statusLine } from '../hooks/status.js'
import { TONE, drained, stateOf, step, texts, world } from './fixtures/world'

tier('user')

const START = { surface: 'terminal', isInteractive: true, cwd: '/work' } as const
const DONE = { answer: '', durationMs: 1, isAborted: false, turnId: 't', reason: 'answer' } as const

/** The line, once what draws it without being waited for is through. */
async function drawn(lines: string[], count: number) {
  for (let i = 0; i < 200 && lines.length < count; i += 1) await turnOfTheLoop()
  return lines.at(-1)
}
const turnOfTheLoop = () => crypto.subtle.digest('SHA-256', new Uint8Array(1))

describe('status', () => {
  test('profile, model and tokens saved', () => {
    expect(statusLine({ profile: 'full' })).toBe('hive: full')
    expect(statusLine({ profile: 'finetuned', model: 'ft:acme', saved: 950 })).toBe(
      'hive: finetuned · ft:acme · 950 tokens saved',
    )
    expect(statusLine({ profile: 'finetuned', saved: 19_640 })).toBe('hive: finetuned · 19.6k tokens saved')
    expect(statusLine({ profile: 'finetuned', saved: 2_500_000 })).toBe('hive: finetuned · 2.5M tokens saved')
    expect(statusLine({ profile: 'full', next: 'finetuned' })).toBe('hive: full (finetuned after /clear)')
    expect(statusLine({ profile: 'full', next: 'full', why: 'no state' })).toBe('hive: full · no state')
  })

  test('a session shows it at its start and after each turn, and what a switch will change', async ($, on) => {
    const files = { '/state.json': await stateOf([TONE]) }
    const { lines } = world(on, files)
    await $.session.start(START)
    expect(await drawn(lines, 1)).toBe('hive: finetuned · ft:acme')
    await texts($)
    await drained($.turn.step(step))
    await $.turn.complete(DONE)
    expect(await drawn(lines, 2)).toBe('hive: finetuned · ft:acme · 100 tokens saved')
    files['/state.json'] = await stateOf([TONE], { profile: 'full' })
    await drained($.turn.step(step))
    await $.turn.complete(DONE)
    expect(await drawn(lines, 3)).toBe('hive: finetuned (full after /clear) · ft:acme · 200 tokens saved')
  })

  test('the full profile says so, and says why where another was asked for', async ($, on) => {
    const { lines } = world(on, {}, { USE_FINETUNED: '1' })
    await $.session.start(START)
    expect(await drawn(lines, 1)).toBe('hive: full · no state: run hive-ctx switch')
  })

  test('where a policy keeps mods from the prompt, it says so', async ($, on) => {
    const { lines } = world(on, { '/state.json': await stateOf([TONE]) })
    await $.session.start(START)
    await drained($.turn.step(step))
    await $.turn.complete(DONE)
    expect(await drawn(lines, 2)).toBe('hive: full · a policy keeps mods from the prompt')
  })

  test('behind the gateway it shows what the gateway says', async ($, on) => {
    const { lines, fetched } = world(on, { '/state.json': await stateOf([TONE]) }, GATEWAY)
    await $.session.start(START)
    expect(await drawn(lines, 1)).toBe('hive: finetuned · ft:tuned · 1.2k tokens saved')
    expect(fetched).toEqual([['http://127.0.0.1:9100/hive/status', 'secret']])
  })

  test('a gateway that does not answer leaves the line as it was', async ($, on) => {
    const { lines } = world(on, { '/state.json': await stateOf([TONE]) }, GATEWAY, () => ({ deny: 'refused' }))
    await $.session.start(START)
    await drawn(lines, 1)
    expect(lines).toEqual([])
  })

  test('a session that nobody watches asks for nothing', async ($, on) => {
    const { lines } = world(on, { '/state.json': await stateOf([TONE]) })
    await $.session.start({ ...START, surface: null, isInteractive: false })
    await $.turn.complete(DONE)
    expect(await drawn(lines, 1)).toBe(undefined)
  })
})

const GATEWAY = { ANTHROPIC_CUSTOM_HEADERS: 'x-hive-key: secret' }
