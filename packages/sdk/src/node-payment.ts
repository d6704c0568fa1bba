/**
 * What this tab pays one node for its part of an answer. Vouchers follow the tokens that have come, so a node
 * that stops sending stops being paid, and the next one is paid for its own tokens only. See decision 32.
 * @module
 */
import type { JobCall } from '@weft/network'
import type { Bill, Payer } from '@weft/payments'
import { type Job, type Voucher, WeftError } from '@weft/protocol'

export type OpenPaymentInit = {
  payer: Payer | null
  call: Pick<JobCall, 'nodePeerId' | 'quote' | 'pay'>
  job: Pick<Job, 'modelCid' | 'maxTokens'>
}

/**
 * @returns null for a node that answers for nothing
 * @throws WeftError `payments/over-cap`, `payments/key-expired`; what the ledger throws
 */
export async function openPayment({
  payer,
  call,
  job,
}: OpenPaymentInit): Promise<NodePayment | null> {
  const { quote, nodePeerId } = call
  if (!quote.payment) return null
  if (!payer) throw paidElsewhere()
  const { price, inputTokens, firstToken, payment } = quote
  const { modelCid, maxTokens } = job
  const bill = await payer.lane({ payeePeerId: nodePeerId, modelCid }).begin({
    price,
    inputTokens,
    maxOutputTokens: maxTokens - firstToken,
    maxUnpaidWei: payment.maxUnpaidWei,
  })
  return new NodePayment(bill, call)
}

/** The wallet was left while a node was asked, or the node is paid on another chain than it was offered. */
export function paidElsewhere(): WeftError {
  return new WeftError('sdk/paid-elsewhere', 'The node asks for money that this tab did not offer.')
}

export class NodePayment {
  readonly #bill: Bill
  readonly #call: Pick<JobCall, 'pay'>
  #outputTokens = 0
  #isPaying = false
  #isPaidAhead = false
  #isConfirmed = false
  #isDisowned = false
  #failure: WeftError | undefined
  #last: Promise<Voucher | null> | undefined

  constructor(bill: Bill, call: Pick<JobCall, 'pay'>) {
    this.#bill = bill
    this.#call = call
  }

  /** Of what has come and counts. */
  get costWei(): bigint {
    return this.#bill.costWei
  }

  /** @returns a voucher for a prompt that the node does not read on credit */
  async ahead(): Promise<Voucher | null> {
    const voucher = await this.#bill.start()
    this.#isPaidAhead = voucher !== null
    return voucher
  }

  /**
   * More has come; what is due goes out by itself, and nothing waits for it.
   * @param outputTokens - from this node so far, in all
   * @throws WeftError why the last payment failed
   */
  received(outputTokens: number): void {
    if (this.#failure) throw this.#failure
    this.#outputTokens = outputTokens
    void this.#pay()
  }

  /** The receipt is right: the rest is promised, also where no token came. */
  async confirm(): Promise<void> {
    this.#isConfirmed = true
    await this.settle()
  }

  /** The receipt is false: what is not promised yet will not be. */
  async disown(): Promise<void> {
    this.#isDisowned = true
    await this.settle()
  }

  /**
   * However it ended, once: what is left is promised, and would go out with the next job if this stream is
   * gone. A node that was lost before it said anything is owed nothing. Never rejects.
   * @returns the last voucher; null where nothing was left
   */
  settle(): Promise<Voucher | null> {
    this.#last ??= this.#end().catch(() => null)
    return this.#last
  }

  async #end(): Promise<Voucher | null> {
    const isNothing = !this.#isConfirmed && !this.#isPaidAhead && this.#outputTokens === 0
    if (!this.#isDisowned && !isNothing) return this.#bill.finish(this.#outputTokens)
    await (this.#isDisowned ? this.#bill.disown() : this.#bill.abandon())
    return null
  }

  async #pay(): Promise<void> {
    if (this.#isPaying) return
    this.#isPaying = true
    try {
      let counted: number
      do {
        counted = this.#outputTokens
        const voucher = await this.#bill.received(counted)
        if (voucher) this.#call.pay(voucher)
      } while (counted !== this.#outputTokens)
    } catch (error) {
      this.#failure = WeftError.from(error, 'sdk/payment', 'The payment could not be kept.')
    } finally {
      this.#isPaying = false
    }
  }
}
