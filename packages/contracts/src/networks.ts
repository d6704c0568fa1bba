/**
 * The chains that jobs may be paid on, as a site is told of them in its `weft.json`.
 * @module
 */
import { z } from 'zod'
import { deployments } from './addresses.ts'

/** Of every development chain, and of no public one. */
export const developmentChainId = 31_337

const addressSchema = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{40}$/)])
/** On the site's own server, or anywhere by TLS. */
const pathSchema = z.string().regex(/^\/[a-z0-9-]+$/, 'expected a path such as /chain')
const httpsSchema = z.url({ protocol: /^https$/ })

const fiatFeedSchema = z.strictObject({
  /** Chainlink's AggregatorV3Interface, or whatever speaks it: the price of one whole token. */
  address: addressSchema,
  /** ISO 4217, such as `USD`. */
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** Its owner promises an answer at least so often; an older one than twice this is not shown. */
  heartbeatSeconds: z.int().min(1).max(604_800),
})

export type FiatFeed = z.infer<typeof fiatFeedSchema>

const networkSchema = z
  .strictObject({
    chainId: z.int().positive(),
    name: z.string().min(1).max(64),
    rpcUrls: z
      .array(z.union([pathSchema, httpsSchema]))
      .min(1)
      .max(8),
    /** Null until they are deployed: nobody is paid there. */
    contracts: z
      .strictObject({
        token: addressSchema,
        registry: addressSchema,
        models: addressSchema,
        channels: addressSchema,
        verdicts: addressSchema,
        credits: addressSchema,
        provedInference: addressSchema,
        lendingDesk: addressSchema.optional(),
        /** The block before which there is nothing to index. */
        fromBlock: z.int().min(0),
      })
      .nullable(),
    /** A block explorer's page. */
    explorer: httpsSchema.nullable(),
    /** Its money is worth nothing. */
    isTest: z.boolean(),
    /** From one block to the next, in milliseconds. */
    blockTimeMs: z.int().min(1).max(600_000),
    /** A contract that says what one token is worth; null where there is none: then amounts stand alone. */
    fiatFeed: fiatFeedSchema.nullable(),
    /** Where this site's own server gives a development chain's money to whoever asks. */
    faucet: pathSchema.nullable(),
    /** Who submits tickets of private credits for the fee in them; null where nobody is known. */
    creditRelay: z.union([pathSchema, httpsSchema]).nullable(),
  })
  .refine(({ chainId, faucet }) => faucet === null || chainId === developmentChainId, {
    error: 'only a development chain has a faucet',
  })

export type Network = z.infer<typeof networkSchema>

/** The `networks` of a `weft.json`; the first one with contracts is what a wallet is asked for. */
export const networksSchema = z
  .array(networkSchema)
  .max(16)
  .refine((all) => new Set(all.map(({ chainId }) => chainId)).size === all.length, {
    error: 'two networks with the same chainId',
  })

/** The public ones by the name that `npm run deploy` takes; their addresses come from `addresses.ts`. */
export const publicNetworks = {
  'base-sepolia': publicNetwork({
    chainId: 84_532,
    name: 'Base Sepolia',
    rpcUrls: ['https://sepolia.base.org'],
    explorer: 'https://sepolia.basescan.org',
    isTest: true,
  }),
  base: publicNetwork({
    chainId: 8_453,
    name: 'Base',
    rpcUrls: ['https://mainnet.base.org'],
    explorer: 'https://basescan.org',
    isTest: false,
  }),
} as const

function publicNetwork(
  network: Pick<Network, 'chainId' | 'name' | 'rpcUrls' | 'explorer' | 'isTest'>,
): Network {
  const deployment = deployments[network.chainId]
  const contracts = deployment ? { ...deployment, fromBlock: Number(deployment.fromBlock) } : null
  return {
    ...network,
    contracts,
    blockTimeMs: 2_000,
    fiatFeed: null,
    faucet: null,
    creditRelay: null,
  }
}
