/**
 * What an answer costs by now, whatever becomes of it: followed on the way, since one that fails has no end that
 * would say it.
 * @module
 */
import { costWei, type Price } from '@weft/protocol'
import type { GenerateEvent } from '@weft/sdk'

type Bill = { price: Price; inputTokens: number; outputTokens: number; costWei: bigint }

export class CostMeter {
  #bills: Bill[] = []
  #isDelivered = false
  #firstTokenMs: number | null = null
  readonly #startedMs = performance.now()

  readonly onEvent = (event: GenerateEvent): void => {
    const last = this.#bills.at(-1)
    if (event.type === 'node-chosen' && event.quote) {
      const { price, inputTokens } = event.quote
      this.#bills.push({ price, inputTokens, outputTokens: 0, costWei: 0n })
    }
    if (event.type === 'delta') {
      this.#isDelivered = true
      this.#firstTokenMs ??= performance.now() - this.#startedMs
      if (!last || event.tokens.length === 0) return
      last.outputTokens += event.tokens.length
      last.costWei = costWei(last.price, last)
    }
    if (event.type === 'cost' && last) last.costWei = event.costWei
    if (event.type === 'end') this.#bills = event.answer.bills
  }

  get costWei(): bigint {
    return this.#bills.reduce((sum, bill) => sum + bill.costWei, 0n)
  }

  get outputTokens(): number {
    return this.#bills.reduce((sum, bill) => sum + bill.outputTokens, 0)
  }

  get inputTokens(): number {
    return this.#bills[0]?.inputTokens ?? 0
  }

  /** Whether a token has come from a node. */
  get isDelivered(): boolean {
    return this.#isDelivered
  }

  /** Whether who breaks off leaves anything behind: a token, or a node that was paid ahead. */
  get isOwed(): boolean {
    return this.#isDelivered || this.costWei > 0n
  }

  /** Since the request; null before it. */
  get firstTokenMs(): number | null {
    return this.#firstTokenMs
  }
}
