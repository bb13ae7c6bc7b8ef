// The state file: where it is, and when it may be believed. What is missing, torn, of another schema or old says
// nothing, and then the full profile holds. Its form: docs/reference/state.md. Twin: hooks/session_start.py.

import { sha256 } from './text.js'

const SCHEMA = 'hive-ctx/state/1'

/** The state; null where none can be used. */
export async function readState($) {
  try {
    return parsedState(await $.fs.read((await $.env.get('HIVE_STATE')) || (await usualPlace($))))
  } catch {
    return null // not there, or not readable
  }
}

async function usualPlace($) {
  const [data, xdg, home] = await Promise.all([
    $.env.get('HIVE_DATA_DIR'),
    $.env.get('XDG_DATA_HOME'),
    $.env.get('HOME'),
  ])
  if (data) return `${data}/state.json`
  if (xdg) return `${xdg}/hive-ctx/state.json`
  const folder = (home ?? '').startsWith('/Users/') ? 'Library/Application Support' : '.local/share'
  return `${home}/${folder}/hive-ctx/state.json`
}

/** The state that a file's text holds; null where it is none that can be used. */
export function parsedState(text) {
  let state
  try {
    state = JSON.parse(text)
  } catch {
    return null
  }
  return isState(state) ? state : null
}

function isState(state) {
  return (
    isObject(state) &&
    state.schema === SCHEMA &&
    (state.profile === 'full' || state.profile === 'finetuned') &&
    Array.isArray(state.sources) &&
    state.sources.every(source => isObject(source) && isText(source.path) && isText(source.sha256)) &&
    (state.card === null || isCard(state.card)) &&
    isObject(state.units) &&
    isObject(state.tools)
  )
}

const isCard = card =>
  isObject(card) && ['id', 'protocol', 'base_url', 'model', 'system'].every(key => isText(card[key]))
const isObject = value => typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = value => typeof value === 'string'

/** Whether a configuration file changed after the state was written. */
export async function isOld($, state) {
  const same = await Promise.all(state.sources.map(source => isUnchanged($, source)))
  return !same.every(Boolean)
}

async function isUnchanged($, source) {
  try {
    return (await sha256(await $.fs.read(source.path))) === source.sha256
  } catch {
    return false
  }
}
