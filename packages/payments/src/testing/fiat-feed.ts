/**
 * A price feed that always says the same, for tests: a contract in the machine's own code.
 * @module
 */
import { concatHex, type Hex, numberToHex } from 'viem'

type FeedAnswer = {
  answer: bigint
  decimals: number
  /** Seconds since 1970. */
  updatedAt: number
}

const word = (value: bigint) => numberToHex(value, { size: 32, signed: value < 0n })
const decimalsSelector = '0x313ce567'

/** @returns what deploys it; `decimals()` and, to every other call, `latestRoundData()` */
export function feedBytecode({ answer, decimals, updatedAt }: FeedAnswer): Hex {
  const push32 = '0x7f'
  const round = concatHex([
    // Each word to its place: the round, the answer, when it began, when it came, the round again.
    ...[1n, answer, BigInt(updatedAt), BigInt(updatedAt), 1n].flatMap(
      (value, index) =>
        [push32, word(value), '0x60', numberToHex(32 * index, { size: 1 }), '0x52'] as Hex[],
    ),
    // return(0, 160)
    '0x60a05ff3',
  ])
  // The selector of the call; jump where it is that of decimals().
  const dispatch = concatHex([
    '0x5f3560e01c63',
    decimalsSelector,
    '0x1461',
    numberToHex(15 + sizeOf(round), { size: 2 }),
    '0x57',
  ])
  const ofDecimals = concatHex(['0x5b60', numberToHex(decimals, { size: 1 }), '0x5f5260205ff3'])
  const runtime = concatHex([dispatch, round, ofDecimals])
  const size = numberToHex(sizeOf(runtime), { size: 2 })
  // codecopy(0, 10, size), return(0, size)
  return concatHex(['0x61', size, '0x80600a5f395ff3', runtime])
}

const sizeOf = (code: Hex) => (code.length - 2) / 2
