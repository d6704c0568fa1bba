/**
 * What the next answer may cost, in one sentence.
 * @module
 */
import type { FiatRate } from '@weft/payments/chain'
import { costWei, type Price } from '@weft/protocol'
import type { Spending } from '@weft/sdk'
import { parseAmount, weft } from './amounts.ts'
import { aboutWords } from './fiat-words.ts'
import { parsePayAtMost } from './price-words.ts'

type Asked = {
  /** At most, by the count of the tabs that are asked. */
  inputTokens: number
  /** As typed under Settings; may be anything. */
  maxTokens: number
  /** Tabs that answer at once, each for its own money. */
  tabs: number
  payAtMost: string
  spending: Pick<Spending, 'freeWei'>
  /** Which tabs there are now: none that is known, only free ones, or the dearest one's price of a million tokens. */
  live: 'unknown' | 'free' | { dearestWei: bigint }
  /** Null where none is known. */
  rate: FiatRate | null
}

/** Each tab that took part is paid for the prompt: see decision 32. */
const unless = ', unless a lost tab is replaced.'

export function priceSentence(asked: Asked): { sentence: string; problem: boolean } {
  const { inputTokens, maxTokens, tabs, payAtMost, spending, live, rate } = asked
  const { problem } = payAtMost.trim() === '' ? {} : parseAmount(payAtMost)
  if (problem) return { sentence: `${problem} Until then only free tabs are asked.`, problem: true }
  const maxPrice = parsePayAtMost(payAtMost)
  const outputTokens = Number.isSafeInteger(maxTokens) && maxTokens > 0 ? maxTokens : 0
  const mostAt = (price: Price) => BigInt(tabs) * costWei(price, { inputTokens, outputTokens })
  const times = tabs > 1 ? ` for ${tabs} tabs at once` : ''
  if (!maxPrice) {
    const free = 'Only free tabs are asked, so this answer costs nothing.'
    if (typeof live === 'string') return { sentence: free, problem: false }
    const { dearestWei } = live
    const price = { inputWeiPerMillion: dearestWei, outputWeiPerMillion: dearestWei }
    const paid = ` With paid ones it costs ${weft(mostAt(price))} at most${times}${unless}`
    return { sentence: free + paid, problem: false }
  }
  const wei = mostAt(maxPrice)
  if (live === 'free') {
    const free = 'Only free tabs are there now, so this answer costs nothing.'
    const paid = ` With paid ones it would cost ${weft(wei)} at most${times}${unless}`
    return { sentence: free + paid, problem: false }
  }
  const about = aboutWords(wei, rate)
  return wei > spending.freeWei
    ? { sentence: `This answer may cost ${weft(wei)}${times}, more than is left.`, problem: true }
    : {
        sentence: `This answer costs ${weft(wei)} at most${times}${about && `, ${about}`}${unless}`,
        problem: false,
      }
}
