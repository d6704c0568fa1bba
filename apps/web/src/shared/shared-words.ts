/**
 * What is certain about an answer of somebody else, and what is not.
 * @module
 */
import type { Receipt } from '@weft/protocol'
import { shortPeerId } from '../row/summary.ts'

type Signed = Pick<Receipt, 'nodePeerId' | 'firstToken' | 'endedAtMs'>

export function signedSentences({ nodePeerId, firstToken, endedAtMs }: Signed): string[] {
  const when = new Date(endedAtMs).toLocaleString('en', { dateStyle: 'long', timeStyle: 'short' })
  const isPart = firstToken > 0
  const part = isPart
    ? `the tokens from ${firstToken + 1} on and their text`
    : 'exactly these tokens and this text'
  return [
    `The tab ${shortPeerId(nodePeerId)} has signed for this question and ${part}, and says that it ended on ${when}. That was checked on this device just now.`,
    ...(isPart
      ? [
          'Nobody has signed for the beginning. Whoever shared this says that other tabs made it, and were lost before they could sign.',
        ]
      : []),
    'It does not show that a model chose these tokens, nor who holds that key: anybody can make one. Compute it again here, or have another tab do so, to see what the model says.',
  ]
}
