/**
 * Whom the money of this tab may go to, known before anybody is asked.
 * @module
 */
import type { Payer } from '@weft/payments'
import { isFree, type Offer, pause } from '@weft/protocol'

/** A chain that is slower does not keep a person waiting: the node itself refuses what it cannot take. */
const lookForMs = 2_000

type PayableInit = {
  modelCid: string
  /** Null while this tab spends nothing: nobody is left out then. */
  payer: Pick<Payer, 'paysTo'> | null
}

/**
 * Leaves out nodes that ask for money which these funds cannot pay them, in the same order. Never rejects: who
 * cannot be looked up stays.
 */
export async function payable(
  offers: readonly Offer[],
  { modelCid, payer }: PayableInit,
): Promise<Offer[]> {
  if (!payer) return [...offers]
  const canPay = await Promise.all(
    offers.map(async ({ registration: { peerId, models } }) => {
      const model = models.find((each) => each.modelCid === modelCid)
      if (!model || isFree(model.price)) return true
      const slow = pause(lookForMs).then(() => true)
      return Promise.race([payer.paysTo(peerId).catch(() => true), slow])
    }),
  )
  return offers.filter((_, index) => canPay[index])
}
