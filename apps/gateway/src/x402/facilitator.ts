/**
 * Who checks and settles payments of x402 in this process: a key that has coins for fees.
 * https://github.com/coinbase/x402/blob/main/specs/schemes/exact/scheme_exact_evm.md
 * @module
 */

import { submit } from '@weft/payments/chain'
import { x402Facilitator } from '@x402/core/facilitator'
import type { PaymentPayload, PaymentRequirements } from '@x402/core/types'
import { toFacilitatorEvmSigner } from '@x402/evm'
import { ExactEvmScheme } from '@x402/evm/exact/facilitator'
import { type Hash, publicActions } from 'viem'
import { openChain } from '../chain-clients.ts'
import type { ChainConfig } from '../config.ts'

type Verification = { isValid: boolean; invalidReason?: string; payer?: string }
export type Settlement = {
  success: boolean
  errorReason?: string
  payer?: string
  transaction: string
}

/** What a paywall needs of one; the client of somebody's server in `@x402/core` is one as well. */
export interface Facilitator {
  verify(payload: PaymentPayload, requirements: PaymentRequirements): Promise<Verification>
  settle(payload: PaymentPayload, requirements: PaymentRequirements): Promise<Settlement>
}

const confirmationMs = 60_000

/** @param privateKey - 64 hex digits behind `0x` */
export function createFacilitator(
  chain: Pick<ChainConfig, 'chainId' | 'rpcUrl'>,
  privateKey: `0x${string}`,
): Facilitator {
  const { account, reader, wallet: plain } = openChain(chain, privateKey)
  const wallet = plain.extend(publicActions)
  // Two that pay at once would else have one number of a key that is new.
  const inTurn = (hand: () => Promise<Hash>) => submit({ wallet, chainId: chain.chainId }, hand)
  const signer = toFacilitatorEvmSigner(
    {
      address: account.address,
      readContract: (call) => reader.readContract(call as never),
      verifyTypedData: (call) => reader.verifyTypedData(call as never),
      writeContract: (call) => inTurn(() => wallet.writeContract(call as never)),
      sendTransaction: (call) => inTurn(() => wallet.sendTransaction(call as never)),
      waitForTransactionReceipt: (call) => reader.waitForTransactionReceipt(call as never),
      getCode: (call) => reader.getCode(call as never),
    },
    { confirmationTimeoutMs: confirmationMs },
  )
  return new x402Facilitator().register(`eip155:${chain.chainId}`, new ExactEvmScheme(signer))
}
