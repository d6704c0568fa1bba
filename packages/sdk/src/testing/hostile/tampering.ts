/**
 * A client's network in other hands: whom it asks, and what becomes of its vouchers.
 * @module
 */
import type { JobCall, Network } from '@weft/network'
import type { Voucher } from '@weft/protocol'
import type { GenerateComponents } from '../../generate.ts'

export type ClientNetwork = GenerateComponents['network']
/** Null keeps it back. */
export type ChangeVoucher = (voucher: Voucher) => Voucher | null

/** A client whose vouchers, all of them, go through `change` before they leave. */
export function paying(network: Network, change: ChangeVoucher, peerId?: string): ClientNetwork {
  const tampered = (call: JobCall): JobCall => ({
    nodePeerId: call.nodePeerId,
    quote: call.quote,
    accept: (nonce, { lastVoucher, voucher, ...options } = {}) =>
      call.accept(nonce, {
        ...options,
        voucher: voucher ? change(voucher) : null,
        lastVoucher: async () => {
          const last = await lastVoucher?.()
          return last ? change(last) : null
        },
      }),
    pay(voucher) {
      const changed = change(voucher)
      if (changed) call.pay(changed)
    },
    decline: () => call.decline(),
  })
  return {
    async findOffers(query, options) {
      const offers = await network.findOffers(query, options)
      return offers.filter(({ registration }) => !peerId || registration.peerId === peerId)
    },
    async callNode(node, job, { payment = null, ...options } = {}) {
      const voucher = payment?.voucher ? change(payment.voucher) : null
      const offered = payment && { ...payment, voucher }
      return tampered(await network.callNode(node, job, { ...options, payment: offered }))
    },
    reach: (node, options) => network.reach(node, options),
    region: network.region,
    rttMs: (peer) => network.rttMs(peer),
  }
}
