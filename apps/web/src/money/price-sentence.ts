/**
 * What the next answer may cost, in one sentence.
 * @module
 */
import type { FiatRate } from '@weft/payments/chain'
import type { Price } from '@weft/protocol'
import type { Spending } from '@weft/sdk'
import { parseAmount, weft } from './amounts.ts'
import { aboutWords } from './fiat-words.ts'
import { mostWei, parsePayAtMost } from './price-words.ts'

type Asked = {
  prompt: string
  /** As typed under Settings; may be anything. */
  maxTokens: number
  /** Tabs that answer at once, each for its own money. */
  tabs: number
  payAtMost: string
  spending: Pick<Spending, 'freeWei'>
  /** For a million tokens, of the dearest live tab; undefined where all answer for nothing. */
  dearestWei?: bigint | undefined
  /** Null where none is known. */
  rate: FiatRate | null
}

export function priceSentence(asked: Asked): { sentence: string; problem: boolean } {
  const { prompt, maxTokens, tabs, payAtMost, spending, dearestWei, rate } = asked
  const { problem } = payAtMost.trim() === '' ? {} : parseAmount(payAtMost)
  if (problem) return { sentence: `${problem} Until then only free tabs are asked.`, problem: true }
  const maxPrice = parsePayAtMost(payAtMost)
  const tokens = Number.isSafeInteger(maxTokens) && maxTokens > 0 ? maxTokens : 0
  const mostAt = (price: Price) => BigInt(tabs) * mostWei(price, { prompt, maxTokens: tokens })
  const times = tabs > 1 ? ` for ${tabs} tabs at once` : ''
  if (!maxPrice) {
    const free = 'Only free tabs are asked, so this answer costs nothing.'
    if (!dearestWei) return { sentence: free, problem: false }
    const price = { inputWeiPerMillion: dearestWei, outputWeiPerMillion: dearestWei }
    const paid = ` With paid ones it costs ${weft(mostAt(price))} at most${times}.`
    return { sentence: free + paid, problem: false }
  }
  const wei = mostAt(maxPrice)
  const about = aboutWords(wei, rate)
  return wei > spending.freeWei
    ? { sentence: `This answer may cost ${weft(wei)}${times}, more than is left.`, problem: true }
    : {
        sentence: `This answer costs ${weft(wei)} at most${times}${about && `, ${about}`}.`,
        problem: false,
      }
}
