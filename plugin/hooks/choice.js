// Which profile a session has, and whether its requests are ours to change. Pure.
//
// Only a direct session of the fine-tuned profile is acted on. Behind the gateway nothing is: that one strips, request
// by request. Twin of the words: hive_integration/gateway/choice.py.

const YES = new Set(['1', 'true', 'yes', 'on'])
const NO = new Set(['', '0', 'false', 'no', 'off'])

/** The profile that USE_FINETUNED asks for; undefined where it is not set, null where it is neither yes nor no. */
export function asked(value) {
  if (value === undefined || value === null) return undefined
  const said = value.trim().toLowerCase()
  return YES.has(said) ? 'finetuned' : NO.has(said) ? 'full' : null
}

/** What is wanted, before anything stands in its way: {profile, why}. `why`: if it is not what was asked for. */
export function wanted(state, variable) {
  const word = asked(variable)
  if (word === null) return { profile: 'full', why: 'USE_FINETUNED says neither yes nor no' }
  if (!state) return { profile: 'full', why: word === 'finetuned' ? 'no state: run hive-ctx switch' : '' }
  return { profile: word ?? state.profile, why: '' }
}

/** What holds for a session that wants to be fine-tuned: {profile, why, acts}. `old`: its state is. */
export function tuned(state, { address, headers }, old) {
  if (gatewayKey(headers)) return { profile: 'finetuned', why: '', acts: false }
  const why = old ? 'the state is old: run hive-ctx switch' : obstacleTo(state.card, address)
  return why ? { profile: 'full', why, acts: false } : { profile: 'finetuned', why: '', acts: true }
}

function obstacleTo(card, address) {
  if (!card) return 'no fine-tuned model'
  if (card.protocol !== 'anthropic-messages') return 'this model needs the gateway: hive-ctx run -- claude'
  return plain(address) === plain(card.base_url) ? '' : 'this session talks to another server'
}

/** An address without what makes no difference: a trailing `/` or `/v1`. */
const plain = address => address.trim().replace(/\/+$/, '').replace(/\/v1$/, '').replace(/\/+$/, '')

/** The gateway's key that the session sends with every request; empty where it goes to no gateway. */
export function gatewayKey(headers) {
  const line = headers.split('\n').find(each => /^\s*x-hive-key\s*:/i.test(each)) ?? ''
  return line.slice(line.indexOf(':') + 1).trim()
}
