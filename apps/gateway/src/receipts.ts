/**
 * What a node has signed for an answer, handed on: as canonical bytes in base64url, and for a while with the
 * answer that it is about, so that `weft verify` can check the one against the other.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { packAnswer, packReceipt } from '@weft/protocol'
import { toShared, type WeftAnswer } from '@weft/sdk'
import { z } from 'zod'
import type { SharedState } from './state/shared-state.ts'

/** Servers and proxies take 8 to 16 KB of headers in all; longer ones are fetched by their id. */
const maxHeaderChars = 8_000

const keptSchema = z.strictObject({
  owner: z.string(),
  receipt: z.string(),
  /** As in the fragment of a link to `/shared`. */
  answer: z.string(),
})

export type KeptReceipt = z.output<typeof keptSchema>

/** What a response says of its answer: under `weft` in its body. */
export type AnswerFacts = {
  model_cid: string
  node: string | null
  cost_wei: string
  /** Under `/v1/receipts/`; null where none was signed, or none is kept. */
  receipt_id: string | null
  /** Null where none was signed, as for an answer of this machine. */
  receipt: string | null
}

export class Receipts {
  readonly #state: SharedState
  readonly #keepMs: number

  constructor(state: SharedState, keepMs: number) {
    this.#state = state
    this.#keepMs = keepMs
  }

  async factsOf({ modelCid, receipt, answer, costWei }: WeftAnswer, owner: string) {
    const facts: AnswerFacts = {
      model_cid: modelCid,
      node: receipt?.nodePeerId ?? null,
      cost_wei: `${costWei}`,
      receipt_id: null,
      receipt: receipt && packReceipt(receipt),
    }
    if (!facts.receipt || this.#keepMs === 0) return facts
    const id = `rcpt_${randomBytes(18).toString('base64url')}`
    const kept = { owner, receipt: facts.receipt, answer: await packAnswer(toShared(answer)) }
    try {
      await this.#state.keep(`receipt/${id}`, JSON.stringify(kept), this.#keepMs)
      return { ...facts, receipt_id: id }
    } catch {
      return facts // The answer has come; that it cannot be fetched again takes nothing from it.
    }
  }

  /** @returns null for one that is not kept, or is somebody else's */
  async find(id: string, owner: string): Promise<KeptReceipt | null> {
    const text = await this.#state.find(`receipt/${id}`)
    if (text === null) return null
    const kept = keptSchema.parse(JSON.parse(text))
    // A wallet or a passer-by has no name to come back with: to them the id itself is the key.
    return kept.owner.startsWith('key/') && kept.owner !== owner ? null : kept
  }
}

/** Headers by which a response that is not streamed shows its receipt. */
export function receiptHeaders(facts: AnswerFacts): [string, string][] {
  const headers: [string, string][] = []
  if (facts.receipt && facts.receipt.length <= maxHeaderChars) {
    headers.push(['weft-receipt', facts.receipt])
  }
  if (facts.receipt_id) headers.push(['weft-receipt-id', facts.receipt_id])
  return headers
}
