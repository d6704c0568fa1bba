/**
 * What is certain about an answer of somebody else, and what is not.
 * @module
 */
import type { Receipt, SharedAnswer } from '@weft/protocol'
import { shortPeerId } from '../row/summary.ts'

type Signed = Pick<SharedAnswer, 'segments'> & {
  receipt: Pick<Receipt, 'nodePeerId' | 'firstToken' | 'endedAtMs'>
}

export function signedSentences({ receipt, segments }: Signed): string[] {
  const { nodePeerId, firstToken, endedAtMs } = receipt
  const when = new Date(endedAtMs).toLocaleString('en', { dateStyle: 'long', timeStyle: 'short' })
  const part = firstToken > 0 ? `the tokens from ${firstToken + 1} on` : 'exactly these tokens'
  const others = new Set(segments.map(({ peerId }) => peerId).filter((id) => id !== nodePeerId))
  return [
    `The tab ${shortPeerId(nodePeerId)} has signed for this question, ${part} and this text, and says that it ended on ${when}. That was checked on this device just now.`,
    ...(others.size > 0
      ? [
          'What tabs before it made is told by whoever shared this: they were lost before they could sign.',
        ]
      : []),
    'It does not show that a model chose these tokens, nor who holds that key: anybody can make one. Compute it again here, or have another tab do so, to see what the model says.',
  ]
}
