/**
 * What a wallet does with Channels: one method for each, one transaction for each method.
 * @module
 */
import {
  channelsAbi,
  type Deployment,
  permitTypes,
  receiveTypes,
  tokenAbi,
  tokenDomain,
} from '@weft/contracts'
import type { Hex } from '@weft/protocol'
import { type Abi, parseEventLogs, parseSignature, type TransactionReceipt, toHex } from 'viem'
import type { OverPromise, PromiseArgument } from '../payee/over-promise.ts'
import type { RedeemCall } from '../payee/redeem-call.ts'
import { chainError } from './chain-errors.ts'
import { type ChainClients, checkNetwork, type SendOptions, send } from './send.ts'

export type ChannelsWalletInit = ChainClients & {
  deployment: Pick<Deployment, 'channels' | 'token'>
}

/** A key that may spend: `capWei` more, until `expiry` (seconds since 1970). */
export type AuthorizationInit = {
  /** Of the payer's channel; a key whose time is over goes on in one with another salt. */
  salt: Hex
  signer: Hex
  capWei: bigint
  expiry: number
}

export type DepositOptions = SendOptions & {
  /** The amount was approved before, so that nothing is signed. */
  isApproved?: boolean
}

/** One signature by which anybody may open the channel for the payer, and pay the gas. */
export type SignedOpening = {
  payer: Hex
  amountWei: bigint
  authorization: { salt: Hex; signer: Hex; cap: bigint; expiry: bigint }
  received: {
    validAfter: bigint
    validBefore: bigint
    entropy: Hex
    v: number
    r: Hex
    s: Hex
  }
}

/** Where the value of a batch went, in wei. */
export type Redemption = { totalWei: bigint; toPayeeWei: bigint }

/** Locked beside a cap: what its key loses by promising more than it has. */
const bondBps = 1_000n

/** For what was approved before. */
const noPermit = { deadline: 0n, v: 0, r: toHex(0, { size: 32 }), s: toHex(0, { size: 32 }) }

/** A signature for the wallet's next transaction is used at once; the hour is for a slow hand. */
const permitSeconds = 3_600

/** So that the token's errors are understood where Channels passes them on. */
const abi = [...channelsAbi, ...tokenAbi.filter(({ type }) => type === 'error')] as Abi

/** @returns what must be deposited to let a key spend `capWei`, in wei: its bond is locked beside it */
export function depositFor(capWei: bigint): bigint {
  return capWei + (capWei * bondBps) / 10_000n
}

export type ChannelsWallet = ReturnType<typeof createChannelsWallet>

/** All methods: @throws WeftError as `send` says; amounts in wei of the token. */
export function createChannelsWallet(init: ChannelsWalletInit) {
  const { wallet, reader, chainId, deployment } = init
  const account = wallet.account.address
  const domain = tokenDomain({ chainId, address: deployment.token })

  const call = (functionName: string, args: readonly unknown[], options?: SendOptions) =>
    send(init, { address: deployment.channels, abi, functionName, args }, options)

  /** EIP-2612: allows Channels to take `amount` in the next transaction. */
  async function permit(amountWei: bigint) {
    try {
      await checkNetwork(init)
      const { timestamp } = await reader.getBlock()
      const deadline = timestamp + BigInt(permitSeconds)
      const nonce = await reader.readContract({
        address: deployment.token,
        abi: tokenAbi,
        functionName: 'nonces',
        args: [account],
      })
      const signature = await wallet.signTypedData({
        account: wallet.account,
        domain,
        types: permitTypes,
        primaryType: 'Permit',
        message: {
          owner: account,
          spender: deployment.channels,
          value: amountWei,
          nonce,
          deadline,
        },
      })
      const { r, s, yParity } = parseSignature(signature)
      return { deadline, v: 27 + yParity, r, s }
    } catch (error) {
      throw chainError(error)
    }
  }

  return {
    /** Deposits what the cap and its bond need and lets a key spend: one signature, one transaction. */
    async open(authorization: AuthorizationInit, options?: DepositOptions) {
      const amountWei = depositFor(authorization.capWei)
      const signed = options?.isApproved ? noPermit : await permit(amountWei)
      return call('open', [amountWei, argumentsOf(authorization), signed], options)
    },

    /** For wallets that are contracts, and cannot sign a permit: lets Channels take `amountWei`. */
    approve(amountWei: bigint, options?: SendOptions) {
      const args = [deployment.channels, amountWei]
      return send(
        init,
        { address: deployment.token, abi: tokenAbi, functionName: 'approve', args },
        options,
      )
    },

    /** The same by one signature, for somebody else to send: EIP-3009, bound to this authorisation. */
    async signOpening(authorization: AuthorizationInit): Promise<SignedOpening> {
      try {
        await checkNetwork(init)
        const { timestamp } = await reader.getBlock()
        const validBefore = timestamp + BigInt(permitSeconds)
        const entropy = toHex(crypto.getRandomValues(new Uint8Array(32)))
        const amountWei = depositFor(authorization.capWei)
        const nonce = await reader.readContract({
          address: deployment.channels,
          abi: channelsAbi,
          functionName: 'openingNonce',
          args: [argumentsOf(authorization), entropy],
        })
        const signature = await wallet.signTypedData({
          account: wallet.account,
          domain,
          types: receiveTypes,
          primaryType: 'ReceiveWithAuthorization',
          message: {
            from: account,
            to: deployment.channels,
            value: amountWei,
            validAfter: 0n,
            validBefore,
            nonce,
          },
        })
        const { r, s, yParity } = parseSignature(signature)
        return {
          payer: account,
          amountWei,
          authorization: argumentsOf(authorization),
          received: { validAfter: 0n, validBefore, entropy, v: 27 + yParity, r, s },
        }
      } catch (error) {
        throw chainError(error)
      }
    },

    openFor({ payer, amountWei, authorization, received }: SignedOpening, options?: SendOptions) {
      return call('openFor', [payer, amountWei, authorization, received], options)
    },

    /** Deposits more, for nobody in particular. */
    async deposit(amountWei: bigint, options?: DepositOptions) {
      const signed = options?.isApproved ? noPermit : await permit(amountWei)
      return call('deposit', [account, amountWei, signed], options)
    },

    /** Lets a key spend more, or longer, out of the deposit. */
    authorize(authorization: AuthorizationInit, options?: SendOptions) {
      return call('authorize', [argumentsOf(authorization)], options)
    },

    /** Ends a key's time now. What it has promised stays payable for the contract's delay. */
    revoke({ salt, signer }: { salt: Hex; signer: Hex }, options?: SendOptions) {
      return call('revoke', [salt, signer], options)
    },

    /** Ends the time of one key and lets another spend. */
    rotate(
      { salt, signer }: { salt: Hex; signer: Hex },
      next: AuthorizationInit,
      options?: SendOptions,
    ) {
      return call('rotate', [salt, signer, argumentsOf(next)], options)
    },

    /** Locks `amountWei` more of a key's cap for one payee and model. */
    reserve(
      { salt, signer, payee, model }: { salt: Hex; signer: Hex; payee: Hex; model: Hex },
      amountWei: bigint,
      options?: SendOptions,
    ) {
      return call('reserve', [salt, signer, { payee, model }, amountWei], options)
    },

    /** Takes back what a key has not spent, when its time for claims is over; reservations by name. */
    release(
      { salt, signer }: { salt: Hex; signer: Hex },
      reservations: { payee: Hex; model: Hex }[] = [],
      options?: SendOptions,
    ) {
      return call('release', [salt, signer, reservations], options)
    },

    /** Sends what is in the deposit and not locked to `to`. */
    withdraw(to: Hex, amountWei: bigint, options?: SendOptions) {
      return call('withdraw', [to, amountWei], options)
    },

    /** Sends all that a node has earned to `to`: for the node itself or the wallet that it is registered to. */
    claim(payee: Hex, to: Hex, options?: SendOptions) {
      return call('claim', [payee, to], options)
    },

    /** Proves that a key promised more than its cap: its time ends, and its bond is lost. */
    proveOverPromise({ channelId, signer, promises }: OverPromise, options?: SendOptions) {
      return call('proveOverPromise', [channelId, signer, promises], options)
    },

    /** After the last redemptions: says what one lane has lost by it. */
    claimLoss(
      { channelId, signer, promise }: Omit<OverPromise, 'promises'> & { promise: PromiseArgument },
      options?: SendOptions,
    ) {
      return call('claimLoss', [channelId, signer, promise], options)
    },

    /** When the time for claims is over: credits a lane's payee with its share of the bond. */
    collectLoss(
      { channelId, signer, payee, model }: { channelId: Hex; signer: Hex; payee: Hex; model: Hex },
      options?: SendOptions,
    ) {
      return call('collectLoss', [channelId, signer, { payee, model }], options)
    },

    /** Redeems a batch of vouchers; whoever sends it, the payee is credited. */
    async redeem(
      { payee, model, isGranted, vouchers }: RedeemCall,
      options?: SendOptions,
    ): Promise<{ receipt: TransactionReceipt; redemption: Redemption }> {
      const name = isGranted ? 'redeemGranted' : 'redeem'
      const receipt = await call(name, [payee, model, vouchers], options)
      return { receipt, redemption: redemptionIn(receipt) }
    },
  }
}

function argumentsOf({ salt, signer, capWei, expiry }: AuthorizationInit) {
  return { salt, signer, cap: capWei, expiry: BigInt(expiry) }
}

function redemptionIn({ logs }: TransactionReceipt): Redemption {
  const [event] = parseEventLogs({ abi: channelsAbi, eventName: 'Redeemed', logs })
  if (!event) return { totalWei: 0n, toPayeeWei: 0n }
  const { toPayee, royalty, toPools } = event.args
  return { totalWei: toPayee + royalty + toPools, toPayeeWei: toPayee }
}
