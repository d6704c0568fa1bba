/**
 * Who reads a chain for this gateway, and one account of it that sends.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { type Hex, WeftError } from '@weft/protocol'
import { createPublicClient, createWalletClient, defineChain, http, nonceManager } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { ChainConfig } from './config.ts'

/** @param key - 64 hex digits behind `0x` */
export function openChain({ chainId, rpcUrl }: Pick<ChainConfig, 'chainId' | 'rpcUrl'>, key: Hex) {
  const chain = defineChain({
    id: chainId,
    name: `eip155:${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  // Handed over by `submit`, two transactions at once never take one number.
  const account = privateKeyToAccount(key, { nonceManager })
  const transport = http(rpcUrl)
  return {
    chainId,
    account,
    wallet: createWalletClient({ account, chain, transport }),
    reader: createPublicClient({ chain, transport, pollingInterval: 500 }),
  }
}

/** @returns the key in a file, 64 hex digits with or without `0x`. @throws WeftError `gateway/key-file` */
export async function readKeyFile(path: string): Promise<Hex> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw WeftError.from(error, 'gateway/key-file', `Cannot read ${path}.`)
  })
  return parseKey(text, path)
}

/** @param place - where it was found, for the error; the text itself is never told */
export function parseKey(text: string, place: string): Hex {
  const hex = text.trim().replace(/^0x/, '').toLowerCase()
  if (/^[0-9a-f]{64}$/.test(hex)) return `0x${hex}`
  throw new WeftError('gateway/key-file', `${place} holds no key of 64 hex digits.`)
}
