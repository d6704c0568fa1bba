/**
 * The relays' state in one word and, where something is wrong, one sentence.
 * @module
 */
import type { NetworkStatus, RelayStatus } from '@weft/sdk'
import { count } from '../row/summary.ts'

export type NetworkWords = {
  state: RelayStatus['state'] | 'resting'
  word: string
  sentence: string | null
}

/** Nothing switches to this device by itself, and not every device runs every model. */
const wayOut = 'In the Playground, Local only asks this device, if it can run the model.'

export function networkWords(status: NetworkStatus): NetworkWords {
  const { relays } = status
  const online = relays.filter(({ state }) => state === 'online')
  const detail = relays.find((relay) => relay.detail !== null)?.detail ?? null
  if (relays.length === 0) {
    const sentence = 'This site names no relay, so no other tab can be found.'
    return { state: 'offline', word: 'Offline', sentence: `${sentence} ${wayOut}` }
  }
  if (online.length > 0) {
    const some = online.length < relays.length ? ` (${online.length} of ${relays.length})` : ''
    return { state: 'online', word: `Online${some}`, sentence: null }
  }
  if (relays.some(({ state }) => state === 'connecting')) {
    return { state: 'connecting', word: 'Connecting', sentence: detail }
  }
  const why = detail ?? 'No relay can be reached. Trying again by itself.'
  return {
    state: 'offline',
    word: 'Offline',
    sentence: `${why} Meanwhile no other tab can be found. ${wayOut}`,
  }
}

/**
 * Before this tab has joined.
 * @param nodes - how many answer; null where nobody says
 */
export function restingWords(nodes: number | null): NetworkWords {
  const word = nodes === null ? 'Not joined' : `${count(nodes, 'node')} live`
  return { state: 'resting', word, sentence: null }
}
