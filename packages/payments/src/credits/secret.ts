/**
 * What a buyer alone knows. Its hash is bought for; a ticket used twice gives it away.
 * @module
 */
import type { Hex } from '@weft/protocol'
import { poseidon1 } from 'poseidon-lite/poseidon1'
import { bytesToHex, numberToHex } from 'viem/utils'
import { fieldOrder, inField, inverse } from './field.ts'

/** A point on a ticket's line. */
export type Share = { x: bigint; y: bigint }

/** Drawn anew for each purchase: 384 random bits, so that none is likelier than another. */
export function drawSecret(): bigint {
  return BigInt(bytesToHex(crypto.getRandomValues(new Uint8Array(48)))) % fieldOrder
}

export function identityOf(secret: bigint): bigint {
  return poseidon1([secret])
}

/** Where the line through two shares of one ticket meets x = 0: the secret. */
export function secretOfShares(one: Share, other: Share): bigint {
  const slope = (one.y - other.y) * inverse(one.x - other.x)
  return inField(one.y - slope * one.x)
}

/** What is needed to have tickets again on another device, as text. */
export type Backup = { chainId: number; contract: Hex; denomination: number; secret: bigint }

const pattern = /^weft-credit-1:(\d{1,16}):(0x[0-9a-f]{40}):(\d):(0x[0-9a-f]{64})$/

export function backupText({ chainId, contract, denomination, secret }: Backup): string {
  const hex = numberToHex(secret, { size: 32 })
  return `weft-credit-1:${chainId}:${contract}:${denomination}:${hex}`
}

/** @returns null for what is no backup */
export function readBackup(text: string): Backup | null {
  const [, chainId, contract, denomination, hex] = pattern.exec(text.trim()) ?? []
  if (!chainId || !contract || !denomination || !hex) return null
  const secret = BigInt(hex)
  if (secret >= fieldOrder) return null
  return {
    chainId: Number(chainId),
    contract: contract as Hex,
    denomination: Number(denomination),
    secret,
  }
}
