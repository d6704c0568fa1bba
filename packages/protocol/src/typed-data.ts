/**
 * EIP-712 (https://eips.ethereum.org/EIPS/eip-712), as much of it as keys of tabs sign: structs of one
 * level whose fields are one word each.
 * @module
 */
import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes, hexToBytes, utf8ToBytes } from './bytes.ts'

/** A value of `bytes32`, `address`, `bool` or `uintN`; bytes and hex of at most 32 bytes. */
type Word = Uint8Array | string | boolean | bigint | number

const wordBytes = 32

/**
 * @param type - such as `Verdict(bytes32 receiptId,bool isFalse)`
 * @param values - of its fields, in their order
 * @returns `hashStruct`, 32 bytes
 * @throws RangeError for a value that is longer than a word, or negative
 */
export function hashStruct(type: string, values: readonly Word[]): Uint8Array {
  return keccak_256(concatBytes(hashText(type), words(values)))
}

/** @returns the values as a contract's ABI lays them out, 32 bytes each. @throws RangeError as `hashStruct` */
export function words(values: readonly Word[]): Uint8Array {
  return concatBytes(...values.map(toWord))
}

/** @returns the 32 bytes that are signed for a struct under a domain, both as `hashStruct` says */
export function hashTyped(domain: Uint8Array, struct: Uint8Array): Uint8Array {
  return keccak_256(concatBytes(Uint8Array.of(0x19, 0x01), domain, struct))
}

/** @returns the hash of a text: of a type, and what a field of type `string` holds */
export function hashText(text: string): Uint8Array {
  return keccak_256(utf8ToBytes(text))
}

function toWord(value: Word): Uint8Array {
  const bytes = toBytes(value)
  if (bytes.length > wordBytes) throw new RangeError(`${bytes.length} bytes do not fit into a word`)
  const word = new Uint8Array(wordBytes)
  word.set(bytes, wordBytes - bytes.length)
  return word
}

function toBytes(value: Word): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string') return hexToBytes(value.replace(/^0x/, ''))
  const number = BigInt(value)
  if (number < 0n) throw new RangeError(`${number} is negative`)
  const hex = number.toString(16)
  return hexToBytes(hex.length % 2 ? `0${hex}` : hex)
}
