/**
 * What is sent to Credits: by a wallet, or by anybody for a ticket's key.
 * @module
 */
import {
  channelsAbi,
  creditsAbi,
  creditVerifierAbi,
  type Deployment,
  permitTypes,
  tokenAbi,
  tokenDomain,
} from '@weft/contracts'
import type { Hex } from '@weft/protocol'
import { type Abi, parseSignature } from 'viem'
import type { RelayedChange } from '../credits/relay-message.ts'
import type { Ticket } from '../credits/ticket.ts'
import { chainError } from './chain-errors.ts'
import { type ChainClients, checkNetwork, type SendOptions, send } from './send.ts'

export type CreditsWalletInit = ChainClients & {
  deployment: Pick<Deployment, 'credits' | 'token'>
}

export type PurchaseInit = {
  denomination: number
  /** Of a fresh secret. */
  identity: bigint
  count: number
}

const permitSeconds = 3_600n
/** So that errors are understood that Credits passes on. */
const abi = [
  ...creditsAbi,
  ...[...creditVerifierAbi, ...channelsAbi, ...tokenAbi].filter(({ type }) => type === 'error'),
] as Abi

export type CreditsWallet = ReturnType<typeof createCreditsWallet>

/** All methods: @throws WeftError as `send` says */
export function createCreditsWallet(init: CreditsWalletInit) {
  const { wallet, reader, chainId, deployment } = init
  const call = (functionName: string, args: readonly unknown[], options?: SendOptions) =>
    send(init, { address: deployment.credits, abi, functionName, args }, options)

  async function permit(value: bigint) {
    await checkNetwork(init)
    const owner = wallet.account.address
    const token = { address: deployment.token, abi: tokenAbi } as const
    const [{ timestamp }, nonce] = await Promise.all([
      reader.getBlock(),
      reader.readContract({ ...token, functionName: 'nonces', args: [owner] }),
    ])
    const deadline = timestamp + permitSeconds
    const signature = await wallet.signTypedData({
      account: wallet.account,
      domain: tokenDomain({ chainId, address: deployment.token }),
      types: permitTypes,
      primaryType: 'Permit',
      message: { owner, spender: deployment.credits, value, nonce, deadline },
    })
    const { r, s, yParity } = parseSignature(signature)
    return { deadline, v: 27 + yParity, r, s }
  }

  return {
    /** Buys tickets and puts their bond beside them: one signature, one transaction. */
    async buy({ denomination, identity, count }: PurchaseInit, options?: SendOptions) {
      try {
        const args = [BigInt(denomination), BigInt(count)] as const
        const priceWei = await reader.readContract({
          address: deployment.credits,
          abi: creditsAbi,
          functionName: 'priceOf',
          args,
        })
        const signed = await permit(priceWei)
        return await call('buy', [args[0], identity, args[1], signed], options)
      } catch (error) {
        throw chainError(error)
      }
    },

    /** Opens a key by a ticket, for a fee out of it. */
    spend(
      { denomination, ticket, key }: { denomination: number; ticket: Ticket; key: Hex },
      options?: SendOptions,
    ) {
      return call('spend', [BigInt(denomination), ticket, key], options)
    },

    /** Gives an unused ticket back to who bought it. */
    withdraw(
      {
        denomination,
        identity,
        ticket,
      }: { denomination: number; identity: bigint; ticket: Ticket },
      options?: SendOptions,
    ) {
      return call('withdraw', [BigInt(denomination), identity, ticket], options)
    },

    /** Gives a bond back to who bought, when its time is over. */
    returnBond(denomination: number, identity: bigint, options?: SendOptions) {
      return call('returnBond', [BigInt(denomination), identity], options)
    },

    /** Has the contract note what a key has left, when its time is over. */
    collect(key: Hex, options?: SendOptions) {
      return call('collect', [key], options)
    },

    /** Buys tickets with what a key has left and has signed for, for a fee out of it. */
    change({ key, change }: RelayedChange, options?: SendOptions) {
      const { denomination, identity, count, signature } = change
      const args = [key, BigInt(denomination), identity, BigInt(count), signature]
      return call('change', args, options)
    },

    /** Ends the purchase of who used a ticket twice: half of its bond for `to`, nothing where it was change. */
    slash(denomination: number, secret: bigint, to: Hex, options?: SendOptions) {
      return call('slash', [BigInt(denomination), secret, to], options)
    },
  }
}
