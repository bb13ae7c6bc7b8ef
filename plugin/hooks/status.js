// The words of the status line. Pure.

/** `hive: full`, `hive: finetuned · ft:acme · 19.6k tokens saved`; what a switch will change; why it is not as asked. */
export function statusLine({ profile, model = '', saved = 0, next = '', why = '' }) {
  const parts = [`hive: ${profile}${next && next !== profile ? ` (${next} after /clear)` : ''}`]
  if (model) parts.push(model)
  if (saved > 0) parts.push(`${short(saved)} tokens saved`)
  if (why) parts.push(why)
  return parts.join(' · ')
}

function short(tokens) {
  if (tokens < 1000) return String(tokens)
  if (tokens < 1_000_000) return `${(tokens / 1000).toFixed(1)}k`
  return `${(tokens / 1_000_000).toFixed(1)}M`
}

/** What the gateway's status says, for the line; null where it is not one. `asked`: what this session asks for. */
export function fromGateway(shown, asked) {
  const profile = asked ?? shown?.profile?.effective
  if (profile !== 'full' && profile !== 'finetuned') return null
  const card = shown.cards?.find(each => each.id === shown.profile[profile])
  return { profile, model: card?.model || card?.id || '', saved: Number(shown.tokens_saved) || 0 }
}
