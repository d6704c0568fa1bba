/**
 * The networks of `weft.json`, and what viem calls a chain.
 * @module
 */
import { networksSchema } from '@weft/contracts/networks'
import { WeftError } from '@weft/protocol'
import { type Chain, defineChain, fallback, http, type Transport } from 'viem'
import { z } from 'zod'
import type { PayingNetwork } from './wallet-state.ts'

/** @returns those with contracts, in the site's order. @throws WeftError `web/networks` */
export function payingNetworks(networks: unknown): PayingNetwork[] {
  const { data, error } = networksSchema.safeParse(networks)
  if (!data) {
    throw new WeftError(
      'web/networks',
      'The networks in this site’s settings are wrong, so payments are off. Everything is free here.',
      { facts: [z.prettifyError(error)], cause: error },
    )
  }
  return data.flatMap(({ contracts, ...network }) => (contracts ? { ...network, contracts } : []))
}

export function chainOf({ chainId, name, rpcUrls, explorer, isTest, blockTimeMs }: PayingNetwork) {
  return defineChain({
    id: chainId,
    name,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: rpcUrls.map(absolute) } },
    ...(explorer ? { blockExplorers: { default: { name: 'Explorer', url: explorer } } } : {}),
    testnet: isTest,
    blockTime: blockTimeMs,
  }) satisfies Chain
}

/** Each of them in turn when one does not answer. */
export function transportOf({ rpcUrls }: PayingNetwork): Transport {
  return fallback(rpcUrls.map((url) => http(absolute(url), { timeout: 15_000, retryCount: 1 })))
}

/** A path is on this site's own server; a wallet outside of the page needs all of it. */
function absolute(url: string): string {
  return new URL(url, location.href).href
}
