/**
 * Everything that a gateway needs, put together and taken apart again.
 * @module
 */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { WeftError } from '@weft/protocol'
import { createClient, type WeftClient } from '@weft/sdk'
import { HTTPFacilitatorClient } from '@x402/core/http'
import { Hono } from 'hono'
import { readKeyFile } from './chain-clients.ts'
import { type GatewayConfig, openConfig, parseConfig, readConfig } from './config.ts'
import { followFunding, sponsorOf } from './funding.ts'
import { createGateway } from './gateway.ts'
import { createGrantDesk } from './grants/grant-desk.ts'
import { listen, socketAddress } from './listen.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { clientFolder, type GatewayOptions, ownConfig } from './options.ts'
import { openRedisState } from './state/redis-state.ts'
import { type SharedState, sharedSecret } from './state/shared-state.ts'
import { openSqliteState } from './state/sqlite-state.ts'
import { createFacilitator } from './x402/facilitator.ts'
import { createPaywall } from './x402/paywall.ts'

export type RunningGateway = {
  url: string
  opsUrl: string
  /** Of its key on the network, and as a chain knows it: a wallet lets this one spend. */
  peerId: string
  address: string
  /** Takes nothing new, lets what runs end for a while, settles, and ends. */
  stop(drainMs: number): Promise<void>
}

/** @throws WeftError that says what is wrong with the configuration, the state, or a port */
export async function runGateway(
  options: GatewayOptions,
  onError: (error: unknown) => void,
): Promise<RunningGateway> {
  const config = await configOf(options)
  const ends: (() => Promise<void> | void)[] = []
  const end = async () => {
    for (const each of ends.reverse()) await each()
  }
  try {
    await mkdir(options.state, { recursive: true, mode: 0o700 })
    const state = options.redis
      ? await openRedisState(options.redis)
      : openSqliteState(join(options.state, 'state.sqlite'))
    ends.push(() => state.close())
    const client = await createClient({
      relays: options.relays,
      modelsUrl: options.modelsUrl,
      folder: clientFolder(options.state),
      maxPrice: config.maxPrice,
    })
    ends.push(() => client.close())
    const { purse } = client.tab
    if (config.chain && config.funding) {
      const { chain, funding } = config
      ends.push(await followFunding({ chain, funding, purse, onError }))
    }
    const metrics = createMetrics()
    const gateway = createGateway({
      upstream: client,
      config,
      state,
      metrics,
      paywall: await openPaywall(config, state, metrics),
      desk: await openDesk(config, state, client),
      addressOf: socketAddress,
      onError,
    })
    let isDraining = false
    const ops = opsApp(metrics, () => (isDraining ? 'draining' : 'ok'))
    const { host } = options
    const opsServer = await listen(ops, { host, port: options.opsPort })
    ends.push(() => opsServer.stop())
    const server = await listen(gateway.app, { host, port: options.port })
    return {
      url: server.url,
      opsUrl: opsServer.url,
      peerId: client.peerId,
      address: purse.address,
      async stop(drainMs) {
        isDraining = true
        let timer: NodeJS.Timeout | undefined
        const late = new Promise<void>((resolve) => {
          timer = setTimeout(resolve, drainMs)
        })
        await Promise.race([server.drain(), late])
        clearTimeout(timer)
        await gateway.stop()
        await server.stop()
        await end()
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}

async function configOf({ config, host, state }: GatewayOptions): Promise<GatewayConfig> {
  if (config) return readConfig(config)
  if (existsSync(ownConfig(state))) return readConfig(ownConfig(state))
  if (host === '127.0.0.1' || host === '::1' || host === 'localhost') return parseConfig(openConfig)
  throw new WeftError(
    'gateway/config',
    'Without a configuration anybody who reaches the gateway may ask. Give --config, or listen on 127.0.0.1.',
  )
}

async function openPaywall(config: GatewayConfig, state: SharedState, metrics: Metrics) {
  const { x402, chain, requestMs } = config
  if (!x402 || !chain) return null
  const facilitator =
    'url' in x402.facilitator
      ? new HTTPFacilitatorClient({ url: x402.facilitator.url })
      : createFacilitator(chain, await readKeyFile(x402.facilitator.keyFile))
  return createPaywall({
    terms: x402,
    chain,
    facilitator,
    state,
    requestMs,
    onPayment: (outcome) => metrics.payments.inc({ outcome }),
  })
}

async function openDesk(config: GatewayConfig, state: SharedState, client: WeftClient) {
  if (!config.sponsor) return null
  const secret = await sharedSecret(state, 'grants')
  const sponsor = sponsorOf(client.tab.purse)
  return createGrantDesk({ config: config.sponsor, sponsor, state, secret })
}

/** For who runs it: neither is for customers. */
function opsApp({ registry }: Metrics, status: () => 'ok' | 'draining'): Hono {
  const app = new Hono()
  app.get('/health', (context) => context.json({ status: status() }, status() === 'ok' ? 200 : 503))
  app.get('/metrics', async (context) =>
    context.body(await registry.metrics(), 200, { 'content-type': registry.contentType }),
  )
  return app
}
