/**
 * What the storage role does, or why it does nothing, in one sentence.
 * @module
 */
import type { Pause } from './pausing/pause-policy.ts'

export type StoringFacts = {
  /** Chosen to be shared. */
  shared: readonly string[]
  isGiving: boolean
  /** Whether this tab is the one of its browser that gives. */
  isFirst: boolean
  isOnline: boolean
  /** Why it gives nothing for now. */
  pause: Pause | null
  /** That were given something just now. */
  peers: number
}

export function storingSentence({
  shared,
  isGiving,
  isFirst,
  isOnline,
  pause,
  peers,
}: StoringFacts): string {
  if (shared.length === 0)
    return 'Nothing is shared. Switch Share on at a model that this browser keeps whole.'
  if (!isFirst) return 'Another tab of this browser gives what is shared.'
  if (pause) return pause.sentence
  if (!isGiving) return 'What is shared is no longer kept whole here. Load it again to give it.'
  if (!isOnline) return 'No relay can be reached, so no tab can ask. It is tried again.'
  if (peers === 0) return 'Ready. No tab asks for anything now.'
  return peers === 1 ? 'Giving to 1 tab now.' : `Giving to ${peers} tabs now.`
}
