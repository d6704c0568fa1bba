/**
 * The relays' state in one word and, where something is wrong, one sentence.
 * @module
 */
import type { NetworkStatus, RelayStatus } from '@weft/sdk'

export type NetworkWords = {
  state: RelayStatus['state']
  word: string
  sentence: string | null
}

export function networkWords(status: NetworkStatus): NetworkWords {
  const { relays } = status
  const online = relays.filter(({ state }) => state === 'online')
  const detail = relays.find((relay) => relay.detail !== null)?.detail ?? null
  if (relays.length === 0) {
    const sentence = 'This site names no relay, so only this device can answer.'
    return { state: 'offline', word: 'Offline', sentence }
  }
  if (online.length > 0) {
    const some = online.length < relays.length ? ` (${online.length} of ${relays.length})` : ''
    return { state: 'online', word: `Online${some}`, sentence: null }
  }
  if (relays.some(({ state }) => state === 'connecting')) {
    return { state: 'connecting', word: 'Connecting', sentence: detail }
  }
  const sentence = detail ?? 'No relay can be reached. It keeps trying by itself.'
  return { state: 'offline', word: 'Offline', sentence }
}
