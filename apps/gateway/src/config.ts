/**
 * The gateway's configuration file, `gateway.json`. Everything has a default but who may ask: with no file, this
 * machine alone may, for nothing.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { appSchema, parse, priceSchema, WeftError } from '@weft/protocol'
import { z } from 'zod'

const addressSchema = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{40}$/)])
const weiSchema = z
  .string()
  .regex(/^(0|[1-9]\d{0,27})$/, 'expected wei as digits in quotes')
  .transform(BigInt)
const originSchema = z.string().regex(/^https?:\/\/[^/\s*]+$/, 'expected an origin')
const perMinuteSchema = z.int().min(1).max(1_000_000)

const keySchema = z.strictObject({
  /** For logs and counters. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  /** Of the key, as hex: `weft gateway key NAME` makes both. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** What nodes may be paid for it each day (UTC); null for no limit. */
  budgetWeiPerDay: weiSchema.nullable().default(0n),
  /** Names or CIDs; null for all. */
  models: z.array(z.string()).min(1).nullable().default(null),
  requestsPerMinute: perMinuteSchema.default(600),
})
export type KeyConfig = z.output<typeof keySchema>

const chainSchema = z.strictObject({
  chainId: z.int().positive(),
  rpcUrl: z.url({ protocol: /^https?$/ }),
  token: addressSchema,
  channels: addressSchema,
})
export type ChainConfig = z.output<typeof chainSchema>

const x402Schema = z.strictObject({
  /** Who is paid. */
  payTo: addressSchema,
  /** The customer's price, whole for what a request may cost at most: `exact` knows no less. */
  price: priceSchema,
  minimumWei: weiSchema.default(1n),
  /** Who checks and settles: a key of ours that has coins for fees, or somebody's server. */
  facilitator: z.union([
    z.strictObject({ keyFile: z.string().min(1) }),
    z.strictObject({ url: z.url({ protocol: /^https?$/ }) }),
  ]),
})
export type X402Config = z.output<typeof x402Schema>

const sponsoredAppSchema = z.strictObject({
  /** Pages on which its visitors are. */
  origins: z.array(originSchema).min(1),
  /** What one visitor may spend each day. */
  capWei: weiSchema,
  /** Of all visitors together, each day. */
  budgetWeiPerDay: weiSchema,
  grantSeconds: z.int().min(60).max(604_800).default(86_400),
  /** New tabs from one address, each day. */
  visitorsPerAddress: z.int().min(1).default(5),
  /** Leading zero bits: 18 take a phone about two seconds. */
  workBits: z.int().min(1).max(22).default(18),
  /** Anything that speaks reCAPTCHA's `siteverify`: hCaptcha and Turnstile do. */
  captcha: z
    .strictObject({
      siteKey: z.string().min(1).max(256),
      verifyUrl: z.url({ protocol: /^https?$/ }),
      secretFile: z.string().min(1),
    })
    .nullable()
    .default(null),
})
export type SponsoredApp = z.output<typeof sponsoredAppSchema>

const sponsorSchema = z.strictObject({
  /** Origins of Weft's frame, which says on whose page it is. */
  frameOrigins: z.array(originSchema).default([]),
  apps: z.record(appSchema, sponsoredAppSchema),
})
export type SponsorConfig = z.output<typeof sponsorSchema>

/** The wallet that lets this gateway's key spend: `weft gateway fund`. */
const fundingSchema = z.strictObject({ payer: addressSchema })

const free = { inputWeiPerMillion: '0', outputWeiPerMillion: '0' }

const configSchema = z.strictObject({
  keys: z.array(keySchema).default([]),
  /** Requests without a key and without a payment; null refuses them. */
  anonymous: z.strictObject({ requestsPerMinute: perMinuteSchema }).nullable().default(null),
  /** Models of vectors that may be asked for: they are loaded here, on the gateway's own machine. */
  embeddingModels: z.array(z.string()).default([]),
  /** Pages that may ask from a browser. */
  corsOrigins: z.array(originSchema).default([]),
  /** The most that a node is paid. */
  maxPrice: priceSchema.default(() => priceSchema.parse(free)),
  chain: chainSchema.nullable().default(null),
  /** Null: only nodes that ask for nothing are asked. */
  funding: fundingSchema.nullable().default(null),
  x402: x402Schema.nullable().default(null),
  sponsor: sponsorSchema.nullable().default(null),
  maxBodyBytes: z.int().min(1_024).max(16_777_216).default(1_048_576),
  /** From the request to the end of its answer. */
  requestMs: z.int().min(1_000).max(3_600_000).default(600_000),
  heartbeatMs: z.int().min(10).max(60_000).default(5_000),
  /** Requests at the same time; more are told to come again. */
  maxRequests: z.int().min(1).max(100_000).default(1_000),
  /** How long a receipt can be fetched, with the answer that it is about. 0 keeps none. */
  keepReceiptsMs: z.int().min(0).max(86_400_000).default(3_600_000),
  /** Proxies in front that add to X-Forwarded-For, which is believed for so many steps. */
  proxies: z.int().min(0).max(8).default(0),
})
export type GatewayConfig = z.output<typeof configSchema>

/** @throws WeftError `gateway/config` that names the line */
export function parseConfig(value: unknown): GatewayConfig {
  try {
    const config = parse('gateway configuration', configSchema, value)
    if ((config.x402 || config.funding) && !config.chain) throw new Error('chain: is missing')
    if (config.sponsor && !config.funding) throw new Error('funding: is missing')
    return config
  } catch (error) {
    const facts = WeftError.is(error) ? error.facts : [String(error)]
    throw new WeftError('gateway/config', 'The configuration is not valid.', { facts })
  }
}
/** Who may ask where nobody says otherwise: anybody who reaches the port, for nothing. */
export const openConfig = { anonymous: { requestsPerMinute: 600 } }

/** @throws WeftError `gateway/config` */
export async function readConfig(path: string): Promise<GatewayConfig> {
  try {
    return parseConfig(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw WeftError.from(error, 'gateway/config', `Cannot read ${path}.`)
  }
}
