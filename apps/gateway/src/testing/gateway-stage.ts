/**
 * A gateway over a real road: relay, node and client in Node with real streams, Bobbin's real weights.
 * @module
 */
import { openApiRoad } from '@weft/sdk/testing/api-road'
import { parseConfig } from '../config.ts'
import { createGateway, type GatewayInit } from '../gateway.ts'
import { listen, socketAddress } from '../listen.ts'
import { createMetrics } from '../metrics.ts'
import { openSqliteState } from '../state/sqlite-state.ts'
import type { Upstream } from '../upstream.ts'

export type GatewayChange = Partial<Omit<GatewayInit, 'config' | 'addressOf' | 'upstream'>> & {
  upstream?: Upstream
}

/** @param config - as in `gateway.json` */
export async function startGateway(
  config: object,
  { upstream, ...change }: GatewayChange & { upstream: Upstream },
) {
  const state = change.state ?? openSqliteState(':memory:')
  const metrics = change.metrics ?? createMetrics()
  const gateway = createGateway({
    addressOf: socketAddress,
    ...change,
    upstream,
    metrics,
    state,
    config: parseConfig(config),
  })
  const server = await listen(gateway.app, { host: '127.0.0.1', port: 0 })
  return {
    url: server.url,
    baseURL: `${server.url}/v1`,
    state,
    metrics,
    async stop() {
      await gateway.stop()
      await server.stop()
    },
  }
}

export async function openGatewayStage() {
  const road = await openApiRoad()
  const started: (() => Promise<void>)[] = []
  return {
    road,
    model: road.manifest.id,
    async start(config: object, change: GatewayChange = {}) {
      const gateway = await startGateway(config, { upstream: road.api, ...change })
      started.push(gateway.stop)
      return gateway
    },
    async close() {
      await Promise.all(started.map((stop) => stop()))
      await road.stopServing()
      await road.close()
    },
  }
}
