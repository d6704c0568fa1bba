/**
 * A wait because every tab is busy, in words that a screen reader hears seldom.
 * @module
 */
import type { Run } from '../chat/chat.ts'

/** e.g. `Every tab is busy. Your turn comes in about 15 s. You are next.` */
export function queueSentence({ position, aboutMs }: NonNullable<Run['wait']>): string {
  return `Every tab is busy. Your turn comes in ${aboutWords(aboutMs)}. ${placeWords(position)}`
}

function placeWords(position: number | null): string {
  if (position === null) return 'It goes on by itself.'
  if (position === 1) return 'You are next.'
  return position === 2 ? 'One is before you.' : `${position - 1} are before you.`
}

/** Rounded up, and in steps that grow: a line that changes every second is read to nobody's joy. */
function aboutWords(ms: number): string {
  const seconds = Math.max(Math.ceil(ms / 1000), 1)
  if (seconds <= 5) return 'a few seconds'
  if (seconds <= 60) return `about ${Math.ceil(seconds / 5) * 5} s`
  const minutes = Math.ceil(seconds / 60)
  return `about ${minutes} min`
}
