/**
 * One collateral and its lanes as a chain would tell them, for tests of what is decided by it. What the real
 * contract tells is tested beside `chain/`.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { ChannelsView, LaneOnChain } from '../payee/lane-on-chain.ts'

export class ChainInMemory implements ChannelsView {
  readonly contract = { chainId: 31_337, contract: `0x${'c0'.repeat(20)}` } as const
  readonly withdrawDelay = 86_400
  /** What is told of every lane. */
  state: LaneOnChain
  isLost = false

  constructor(state: Partial<LaneOnChain> = {}) {
    this.state = {
      capWei: 10n ** 18n,
      committedWei: 0n,
      expiry: Math.floor(Date.now() / 1000) + 3_600,
      isDisputed: false,
      paidWei: 0n,
      reservedWei: 0n,
      grantedWei: 0n,
      ...state,
    }
  }

  async readLane(): Promise<LaneOnChain> {
    if (this.isLost) throw new WeftError('payments/chain-lost', 'It does not answer.')
    return this.state
  }
}
