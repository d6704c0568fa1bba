/**
 * What a wallet does with Registry: owns a tab's key, stakes for it, takes the stake back.
 * @module
 */
import { type Deployment, registryAbi, tokenAbi } from '@weft/contracts'
import type { Hex } from '@weft/protocol'
import { type Abi, type PublicClient, zeroAddress } from 'viem'
import { chainError } from './chain-errors.ts'
import { type ChainClients, type SendOptions, send } from './send.ts'

type RegistryWalletInit = ChainClients & {
  deployment: Pick<Deployment, 'registry' | 'token'>
}

/** What a key does, as bits that a wallet registers it with. */
export const registryRoles = { compute: 1, verify: 2 } as const

/** A tab's key as Registry knows it. */
export type OperatorOnChain = {
  /** The wallet that is paid what it earns; null where it has none. */
  owner: Hex | null
  stakeWei: bigint
  unbondingWei: bigint
  /** From then on what unbonds can be taken back; seconds since 1970. */
  availableAt: number
  /** A bit set: see `registryRoles`. */
  roles: number
  /** Of its next registration. */
  nonce: bigint
  /** From asking for stake back to getting it, in seconds. */
  unbondingDelay: number
}

/** @throws WeftError `payments/chain-lost`, `payments/not-deployed` */
export async function readOperator(
  { reader, deployment }: { reader: PublicClient; deployment: Pick<Deployment, 'registry'> },
  operator: Hex,
): Promise<OperatorOnChain> {
  const registry = { address: deployment.registry, abi: registryAbi } as const
  try {
    const [[owner, stakeWei, unbondingWei, availableAt, roles], nonce, delay] = await Promise.all([
      reader.readContract({ ...registry, functionName: 'operators', args: [operator] }),
      reader.readContract({ ...registry, functionName: 'nonces', args: [operator] }),
      reader.readContract({ ...registry, functionName: 'unbondingDelay' }),
    ])
    return {
      owner: owner === zeroAddress ? null : owner,
      stakeWei,
      unbondingWei,
      availableAt,
      roles,
      nonce,
      unbondingDelay: Number(delay),
    }
  } catch (error) {
    throw chainError(error)
  }
}

/** Beside the constants of the contract, so that the token's errors are understood as well. */
const abi = [...registryAbi, ...tokenAbi.filter(({ type }) => type === 'error')] as Abi

export type RegistryWallet = ReturnType<typeof createRegistryWallet>

/** All methods: @throws WeftError as `send` says; amounts in wei of the token. */
export function createRegistryWallet(init: RegistryWalletInit) {
  const { deployment } = init
  const call = (functionName: string, args: readonly unknown[], options?: SendOptions) =>
    send(init, { address: deployment.registry, abi, functionName, args }, options)

  return {
    /** Makes the wallet the owner of a key that agrees by `signature` (see `signRegistration`). */
    register(
      {
        operator,
        roles,
        deadline,
        signature,
      }: {
        operator: Hex
        roles: number
        deadline: bigint
        signature: Hex
      },
      options?: SendOptions,
    ) {
      return call('register', [operator, roles, 0n, deadline, signature], options)
    },

    /** @param roles - all of them: what is left out it does no more */
    setRoles(operator: Hex, roles: number, options?: SendOptions) {
      return call('setRoles', [operator, roles], options)
    },

    /** Two transactions: the token allows this amount, and Registry takes it. */
    async stake(operator: Hex, amountWei: bigint, options?: SendOptions) {
      const args = [deployment.registry, amountWei]
      await send(init, {
        address: deployment.token,
        abi: tokenAbi as Abi,
        functionName: 'approve',
        args,
      })
      return call('stake', [operator, amountWei], options)
    },

    /** Asks for stake back; it can still be slashed until its delay is over. */
    unbond(operator: Hex, amountWei: bigint, options?: SendOptions) {
      return call('unbond', [operator, amountWei], options)
    },

    /** Sends what has unbonded to `to`. */
    withdraw(operator: Hex, to: Hex, options?: SendOptions) {
      return call('withdraw', [operator, to], options)
    },
  }
}
