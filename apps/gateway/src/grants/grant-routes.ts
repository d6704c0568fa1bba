/**
 * `POST /v1/grants`: canonical CBOR both ways, see `grant-messages.ts` of the protocol.
 * @module
 */
import { decode, encode, grantRequestSchema, grantResponseSchema } from '@weft/protocol'
import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import type { SponsorConfig } from '../config.ts'
import { Refusal } from '../http/api-failure.ts'
import { readBytes } from '../http/read-body.ts'
import type { Metrics } from '../metrics.ts'
import type { GrantDesk } from './grant-desk.ts'

const mediaType = 'application/cbor'
const maxRequestBytes = 16_384

export type GrantRoutesInit = {
  desk: GrantDesk
  config: SponsorConfig
  metrics: Pick<Metrics, 'grants'>
  addressOf: (context: Context) => string
}

export function grantRoutes({ desk, config, metrics, addressOf }: GrantRoutesInit): Hono {
  const origins = new Set([
    ...config.frameOrigins,
    ...Object.values(config.apps).flatMap((app) => app.origins),
  ])
  const app = new Hono()
  app.use(cors({ origin: [...origins], allowHeaders: ['content-type'], allowMethods: ['POST'] }))
  /** What an app pays for a visitor: a task, or the grant for its proof, as canonical CBOR. Weft's frame asks it. */
  app.post('/', async (context) => {
    if (context.req.header('content-type') !== mediaType) {
      throw new Refusal('gateway/not-cbor', `Send ${mediaType}.`, { status: 415 })
    }
    const bytes = await readBytes(context.req.raw, maxRequestBytes)
    const request = decode('request for a grant', grantRequestSchema, new Uint8Array(bytes))
    const origin = context.req.header('origin') ?? null
    const answer = await desk.answer({ request, origin, address: addressOf(context) })
    const known = Object.hasOwn(config.apps, request.app) ? request.app : ''
    metrics.grants.inc({ app: known, answer: answer.type })
    const body = new Uint8Array(encode('grant', grantResponseSchema, answer))
    return new Response(body, { headers: { 'content-type': mediaType } })
  })
  return app
}
