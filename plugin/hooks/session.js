// What a conversation was pinned to when its prompt was composed, and what went from its requests.
//
// Model and prompt change together: both ask this. A switch that is saved later holds after /clear. Every question to
// the client costs a session's start, so the full profile asks two: the variable and the file.

import { tuned, wanted } from './choice.js'
import { isOld, readState } from './state.js'
import { sha256 } from './text.js'

/** Where the session's requests go. */
export async function route($) {
  const [address, headers] = await Promise.all([
    $.env.get('ANTHROPIC_BASE_URL'),
    $.env.get('ANTHROPIC_CUSTOM_HEADERS'),
  ])
  return { address: address ?? '', headers: headers ?? '' }
}

/** What the file and the environment say now: {profile, why, acts, state}. */
export async function present($) {
  const variable = await $.env.get('USE_FINETUNED')
  const state = await readState($)
  const want = wanted(state, variable)
  if (want.profile === 'full') return { ...want, acts: false, state }
  return { ...tuned(state, await route($), await isOld($, state)), state }
}

/** One conversation: its choice, and by digest the tokens of what no request of it carries. */
export class Conversation {
  constructor({ profile, why, acts, state }) {
    this.profile = profile
    this.why = why
    this.acts = acts
    this.card = acts ? state.card : null
    this.units = new Map(Object.entries(acts ? state.units : {}))
    this.tools = new Map(Object.entries(acts ? state.tools : {}))
    this.composed = false // whether the prompt really was composed by us: a guard may keep a mod from it
    this.attribution = undefined // the variable's value before we set it
    this.searchable = true // whether the client can defer tools: it offers the one that finds them
    this.requests = 0
    this.removed = new Map()
    this.undescribed = new Set() // tools whose specification no request carries
    this.deferred = new Set() // those of them that the client would not have deferred
  }

  /** Whether requests are changed: they are ours to change, and the prompt was. */
  get isTuned() {
    return this.acts && this.composed
  }

  /** Whether the weights hold the unit; it is counted as removed then. */
  held = digest => {
    const tokens = this.units.get(digest)
    if (tokens === undefined) return false
    this.removed.set(digest, Number(tokens) || 0)
    return true
  }

  /** Whether the weights hold the tool as it is described now. */
  async holds(tool, description) {
    return this.tools.has(tool) && this.tools.get(tool).description === (await sha256(description))
  }

  /** Takes note that a tool's specification is in no request; `ours`: it would have been. */
  omitted(tool, ours) {
    this.undescribed.add(tool)
    if (!ours) return
    this.deferred.add(tool)
    this.removed.set(`tool ${tool}`, Number(this.tools.get(tool).tokens) || 0)
  }

  /** Tokens that were not sent so far. */
  get saved() {
    let each = 0
    for (const tokens of this.removed.values()) each += tokens
    return each * this.requests
  }
}
