// What the plugin hooks, and nothing else: each hook asks the conversation whether it is to act, and passes on otherwise.
//
// In the full profile and behind the gateway every hook hands on what it got, so a request is what it is without the
// plugin. A hook that fails is left out by the client, which means the same.

import { asked, gatewayKey } from './choice.js'
import { Conversation, present, route } from './session.js'
import { fromGateway, statusLine } from './status.js'
import { isToolListing, strippedContext, strippedSystem, toolsListed } from './strip.js'

/** Characters: `$.tool.list()` cuts a description there (seen with 2.1.329). */
const WHOLE = 300

let conversation = null // a promise: hooks of one request run side by side
let isInteractive = false

function pinned($) {
  conversation ??= present($).then(choice => new Conversation(choice))
  return conversation
}

export function register(on) {
  on('session.start', async ($, e, next) => {
    isInteractive = e.isInteractive
    if (isInteractive) show($)
    return next(e)
  })

  on('session.end', async ($, e, next) => {
    const it = await conversation
    conversation = null
    if (it?.composed) await attribution($, it.attribution)
    return next(e)
  })

  on('prompt.compose', async ($, e, next) => {
    const it = await pinned($)
    if (!it.acts) return next(e)
    const { sections } = await next(e)
    it.searchable = e.tools.includes('ToolSearch')
    const own = it.card.system ? [{ id: 'hive:prompt', text: it.card.system, scope: 'shared' }] : []
    const whole = sections.map(section => section.text).join('\n\n')
    const left = await strippedSystem(whole, it.held)
    if (!it.composed) it.attribution = await withoutNonce($)
    it.composed = true
    if (left === whole) return { sections: [...own, ...sections] }
    return { sections: left ? [...own, { id: 'hive:rest', text: left, scope: 'session' }] : own }
  })

  on('prompt.context', async ($, e, next) => {
    const it = await pinned($)
    if (!it.acts) return next(e)
    const result = await next(e)
    const blocks = await Promise.all(
      result.blocks.map(async block => ({ ...block, text: await strippedContext(block.text, it.held, () => false) })),
    )
    if (blocks.every((block, i) => block.text === result.blocks[i].text)) return result
    return { blocks: blocks.filter((block, i) => block.text || !result.blocks[i].text) }
  })

  on('prompt.attachment', async ($, e, next) => {
    const it = await pinned($)
    if (!it.isTuned) return next(e)
    const result = await next(e)
    if (!result.text) return result
    const known = await knownTools($, it, result.text)
    if (onlyOurs(it, result.text)) return { ...result, text: null }
    const left = await strippedContext(result.text, it.held, tool => known.has(tool))
    return { ...result, text: left || null }
  })

  on('tool.describe', { provider: { tier: 'core' } }, async ($, e, next) => {
    const it = await pinned($)
    if (!it.isTuned || !(await it.holds(e.tool, e.description))) return next(e)
    const result = await next(e)
    it.omitted(e.tool, !e.isDeferred)
    if (e.tool === 'ToolSearch' || !it.searchable) return { ...result, description: '' }
    return { ...result, isDeferred: true }
  })

  on('turn.step', async function* ($, e, next) {
    const it = await pinned($)
    it.requests += 1
    if (!it.isTuned) return yield* next(e)
    return yield* next({ ...e, model: it.card.model || e.model })
  })

  on('turn.complete', async ($, e, next) => {
    const result = await next(e)
    if (isInteractive) show($)
    return result
  })
}

/** The tools of a listing of deferred tools that the weights hold. Listed descriptions are cut: only whole ones tell. */
async function knownTools($, it, text) {
  if (!isToolListing(text)) return new Set()
  const tools = await $.tool.list()
  const whole = tools.filter(tool => tool.description.length < WHOLE)
  const held = await Promise.all(whole.map(tool => it.holds(tool.name, tool.description)))
  return new Set([...it.undescribed, ...whole.filter((_, i) => held[i]).map(tool => tool.name)])
}

/** Whether a listing tells of nothing but tools that are deferred because we asked for it. */
function onlyOurs(it, text) {
  const tools = toolsListed(text)
  return tools.length > 0 && tools.every(tool => it.deferred.has(tool))
}

/** Leaves out the billing header, which differs in every conversation, as the gateway does; what the variable was. */
async function withoutNonce($) {
  const before = await $.env.get('CLAUDE_CODE_ATTRIBUTION_HEADER')
  await attribution($, '0')
  return before
}

async function attribution($, value) {
  try {
    await $.env.set('CLAUDE_CODE_ATTRIBUTION_HEADER', value)
  } catch {
    // the header stays as it is: nothing depends on it
  }
}

/** Draws the status line. Never waited for, and silent where it fails: no turn depends on it. */
async function show($) {
  try {
    const it = await pinned($)
    const { address, headers } = await route($)
    const line = gatewayKey(headers) ? await byGateway($, it, address, gatewayKey(headers)) : await direct($, it)
    $.ui.status(statusLine(line))
  } catch {
    // the line stays as it was
  }
}

async function direct($, it) {
  const { profile } = await present($)
  if (!it.acts) return { profile: 'full', next: profile, why: it.why }
  if (!it.composed && it.requests) return { profile: 'full', why: 'a policy keeps mods from the prompt' }
  return { profile: 'finetuned', model: it.card.model, saved: it.saved, next: profile }
}

async function byGateway($, it, address, key) {
  const variable = asked(await $.env.get('USE_FINETUNED'))
  const answer = await $.http.fetch(`${address.replace(/\/+$/, '')}/hive/status`, { headers: { 'x-hive-key': key } })
  return fromGateway(JSON.parse(answer.text), variable) ?? { profile: it.profile }
}
