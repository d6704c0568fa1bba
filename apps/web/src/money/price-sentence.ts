/**
 * What the next answer may cost, in one sentence.
 * @module
 */
import type { FiatRate } from '@weft/payments/chain'
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
  /** Null where none is known. */
  rate: FiatRate | null
}

export function priceSentence({ prompt, maxTokens, tabs, payAtMost, spending, rate }: Asked): {
  sentence: string
  problem: boolean
} {
  const { problem } = payAtMost.trim() === '' ? {} : parseAmount(payAtMost)
  if (problem) return { sentence: `${problem} Until then only free tabs are asked.`, problem: true }
  const maxPrice = parsePayAtMost(payAtMost)
  if (!maxPrice) return { sentence: 'Only free tabs are asked.', problem: false }
  const tokens = Number.isSafeInteger(maxTokens) && maxTokens > 0 ? maxTokens : 0
  const wei = BigInt(tabs) * mostWei(maxPrice, { prompt, maxTokens: tokens })
  const times = tabs > 1 ? ` for ${tabs} tabs at once` : ''
  const about = aboutWords(wei, rate)
  return wei > spending.freeWei
    ? { sentence: `This answer may cost ${weft(wei)}${times}, more than is left.`, problem: true }
    : {
        sentence: `This answer costs ${weft(wei)} at most${times}${about && `, ${about}`}.`,
        problem: false,
      }
}
