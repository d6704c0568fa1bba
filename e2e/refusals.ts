/**
 * Calls of contracts as they were sent, or changed in one place, and the name by which a contract refuses them.
 * @module
 */
import { type Hex, toFunctionSelector } from 'viem'
import type { Transaction } from './injected-wallet.ts'

/** As the contracts declare them. */
const errors = [
  'InvalidProof()',
  'ForeignProof(uint256)',
  'NotForThisRequest(uint256,address)',
  'AlreadyProved(uint256)',
  'TicketUsed(uint256)',
]

/** @returns the error's name, null where nothing is refused */
export async function refusalOf(
  siteUrl: string,
  { to, data }: Pick<Transaction, 'to' | 'data'>,
): Promise<string | null> {
  const response = await fetch(`${siteUrl}/chain`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'eth_call',
      params: [{ to, data }, 'latest'],
    }),
  })
  const { error } = await response.json()
  if (!error) return null
  const selector = `${error.data}`.slice(0, 10)
  const named = errors.find((each) => toFunctionSelector(`function ${each}`) === selector)
  return named?.split('(')[0] ?? selector
}

/** @param index - of a word of 32 bytes behind the selector */
export function withWord(
  { to, data = '0x' }: Transaction,
  index: number,
  change: (word: bigint) => bigint,
): Transaction {
  const begin = 10 + 64 * index
  const word = change(BigInt(`0x${data.slice(begin, begin + 64)}`))
  const changed = word.toString(16).padStart(64, '0')
  const all: Hex = `0x${data.slice(2, begin)}${changed}${data.slice(begin + 64)}`
  return { ...(to ? { to } : {}), data: all }
}
