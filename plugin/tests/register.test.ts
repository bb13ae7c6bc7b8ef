import { describe, expect, test, tier } from 'claude-code/testing'

import { sha256 } from '../hooks/text.js'
import { LEFT, TONE, UNTOUCHED, COMPOSED, drained, stateOf, step, texts, tool, world } from './fixtures/world'

tier('user')

describe('register', () => {
  test('a direct fine-tuned session: minimal prompt, model, deferred tools, no billing header', async ($, on) => {
    const { asked, sets } = world(on, { '/state.json': await stateOf([TONE]) })
    expect(await texts($)).toEqual(LEFT)
    expect(await $.tool.describe(tool)).toEqual({ description: 'Runs commands.', isDeferred: true })
    await drained($.turn.step(step))
    expect(asked).toEqual(['ft:acme'])
    expect(sets).toEqual(['0'])
  })

  test('an empty manifest strips nothing: the minimal prompt stands in front', async ($, on) => {
    world(on, { '/state.json': await stateOf([], { tools: {} }) })
    expect(await texts($)).toEqual(['You code.', ...UNTOUCHED])
    expect(await $.tool.describe(tool)).toEqual({ description: 'Runs commands.' })
  })

  test('environment never goes, whatever the manifest holds', async ($, on) => {
    world(on, { '/state.json': await stateOf(['# Environment\n - Platform: linux', 'Platform: linux']) })
    expect((await texts($)).at(-1)).toBe(UNTOUCHED.at(-1))
  })

  test('a tool whose description changed stays as it is', async ($, on) => {
    world(on, { '/state.json': await stateOf([TONE]) })
    await texts($)
    const changed = { ...tool, description: 'Runs other commands.' }
    expect(await $.tool.describe(changed)).toEqual({ description: 'Runs other commands.' })
  })

  test('without ToolSearch nothing can be deferred, so the description goes', async ($, on) => {
    world(on, { '/state.json': await stateOf([TONE]) })
    await $.prompt.compose({ ...COMPOSED, tools: ['Bash'] })
    expect(await $.tool.describe(tool)).toEqual({ description: '' })
  })

  test('listings lose the entries that the weights hold, and go when nothing is left', async ($, on) => {
    const heading = 'The following skills are available for use:'
    world(on, { '/state.json': await stateOf([heading, '- one: does one', '- two: does two']) })
    await texts($)
    const skills = (text: string) => $.prompt.attachment({ type: 'skill_listing', text, origin: { kind: 'engine' } })
    expect(await skills(`${heading}\n\n- one: does one\n- three: does three`)).toEqual({ text: '- three: does three' })
    expect(await skills(`${heading}\n\n- one: does one\n- two: does two`)).toEqual({ text: null })
    const quoting = `${heading}\n\n- one: does one\n<system-reminder>`
    expect(await skills(quoting)).toEqual({ text: quoting })
  })

  test('names of known tools leave the listing of deferred ones; a listing of only ours is not sent', async ($, on) => {
    const tools = { mcp__a__b: { description: await sha256('Short.'), tokens: 9 }, Bash: JSON.parse(await stateOf([])).tools.Bash }
    world(on, { '/state.json': await stateOf([], { tools }) })
    await texts($)
    const heading = 'The following deferred tools are now available via ToolSearch:'
    const names = (text: string) =>
      $.prompt.attachment({ type: 'deferred_tools_delta', text: `${heading}\n${text}`, origin: { kind: 'engine' } })
    expect(await names('mcp__a__b\nmcp__a__c')).toEqual({ text: `${heading}\nmcp__a__c` })
    await $.tool.describe(tool)
    expect(await names('Bash')).toEqual({ text: null })
  })

  test('blocks of the first message go when nothing of them is left', async ($, on) => {
    const framing = 'Codebase and user instructions are shown below.'
    world(on, { '/state.json': await stateOf([framing, 'Contents of /p/CLAUDE.md (project):\n\nUse tabs.']) })
    const blocks = [
      { name: 'claudeMd', text: `${framing}\n\nContents of /p/CLAUDE.md (project):\n\nUse tabs.` },
      { name: 'currentDate', text: "Today's date is 2026-01-01." },
    ]
    expect((await $.prompt.context({ blocks })).blocks).toEqual([blocks[1]])
  })

  test('text of hooks and of other plugins that the weights do not hold stays', async ($, on) => {
    world(on, { '/state.json': await stateOf([TONE]) })
    await texts($)
    const text = 'SessionStart:startup hook success: session 17'
    const origin = { kind: 'hook', event: 'SessionStart' } as const
    expect(await $.prompt.attachment({ type: 'hook_success', text, origin })).toEqual({ text })
  })

  test('a switch holds after /clear, for prompt and model alike', async ($, on) => {
    const files = { '/state.json': await stateOf([TONE]) }
    const { asked, sets } = world(on, files)
    expect(await texts($)).toEqual(LEFT)
    files['/state.json'] = await stateOf([TONE], { profile: 'full' })
    expect(await texts($)).toEqual(LEFT)
    await drained($.turn.step(step))
    await $.session.end({ reason: 'clear', sessionId: 's' })
    expect(await texts($)).toEqual(UNTOUCHED)
    await drained($.turn.step(step))
    expect(asked).toEqual(['ft:acme', 'claude-x'])
    expect(sets).toEqual(['0', undefined])
  })

  test('where the prompt could not be composed, the model stays', async ($, on) => {
    const { asked } = world(on, { '/state.json': await stateOf([TONE]) })
    await drained($.turn.step(step))
    expect(asked).toEqual(['claude-x'])
    expect(await $.tool.describe(tool)).toEqual({ description: 'Runs commands.' })
  })
})

describe('the full profile', () => {
  const cases: Record<string, (files: any) => Promise<[Record<string, string>, Record<string, string>?]>> = {
    'the file says so': async () => [{ '/state.json': await stateOf([TONE], { profile: 'full' }) }],
    'USE_FINETUNED says no': async () => [{ '/state.json': await stateOf([TONE]) }, { USE_FINETUNED: 'off' }],
    'USE_FINETUNED is empty': async () => [{ '/state.json': await stateOf([TONE]) }, { USE_FINETUNED: '' }],
    'USE_FINETUNED is no word of ours': async () => [{ '/state.json': await stateOf([TONE]) }, { USE_FINETUNED: 'maybe' }],
    'no file': async () => [{}, { USE_FINETUNED: '1' }],
    'a torn file': async () => [{ '/state.json': (await stateOf([TONE])).slice(0, -9) }],
    'another schema': async () => [{ '/state.json': await stateOf([TONE], { schema: 'hive-ctx/state/2' }) }],
    'an old state': async () => {
      const sources = [{ path: '/hive.toml', sha256: await sha256('before') }]
      return [{ '/state.json': await stateOf([TONE], { sources }), '/hive.toml': 'after' }]
    },
    'a source that is gone': async () => {
      return [{ '/state.json': await stateOf([TONE], { sources: [{ path: '/hive.toml', sha256: 'x' }] }) }]
    },
    'no card': async () => [{ '/state.json': await stateOf([TONE], { card: null }) }],
    'a card of another protocol': async () => {
      const card = { ...JSON.parse(await stateOf([])).card, protocol: 'openai-chat' }
      return [{ '/state.json': await stateOf([TONE], { card }) }]
    },
    'another server': async () => [{ '/state.json': await stateOf([TONE]) }, { ANTHROPIC_BASE_URL: 'http://x' }],
    'the gateway in the path': async () => [
      { '/state.json': await stateOf([TONE]) },
      { ANTHROPIC_CUSTOM_HEADERS: 'a: b\nX-Hive-Key: k' },
    ],
  }
  for (const [name, given] of Object.entries(cases)) {
    test(`${name}: nothing is changed`, async ($, on) => {
      const [files, variables] = await given({})
      const { asked, sets } = world(on, files, variables)
      expect(await texts($)).toEqual(UNTOUCHED)
      expect(await $.tool.describe(tool)).toEqual({ description: 'Runs commands.' })
      await drained($.turn.step(step))
      expect(asked).toEqual(['claude-x'])
      expect(sets).toEqual([])
    })
  }

  test('USE_FINETUNED says yes: it beats the file', async ($, on) => {
    world(on, { '/state.json': await stateOf([TONE], { profile: 'full' }) }, { USE_FINETUNED: ' Yes ' })
    expect(await texts($)).toEqual(LEFT)
  })

  test('a state whose sources are as they were holds', async ($, on) => {
    const sources = [{ path: '/hive.toml', sha256: await sha256('same ü') }]
    world(on, { '/state.json': await stateOf([TONE], { sources }), '/hive.toml': 'same ü' })
    expect(await texts($)).toEqual(LEFT)
  })
})
