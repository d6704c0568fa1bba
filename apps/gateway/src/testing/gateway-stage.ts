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

export type GatewayChange = Partial<Omit<GatewayInit, 'config' | 'addressOf'>>

export async function openGatewayStage() {
  const road = await openApiRoad()
  const started: (() => Promise<void>)[] = []

  /** @param config - as in `gateway.json` */
  async function start(config: object, change: GatewayChange = {}) {
    const state = change.state ?? openSqliteState(':memory:')
    const metrics = change.metrics ?? createMetrics()
    const gateway = createGateway({
      upstream: road.api,
      addressOf: socketAddress,
      ...change,
      metrics,
      state,
      config: parseConfig(config),
    })
    const server = await listen(gateway.app, { host: '127.0.0.1', port: 0 })
    const stop = async () => {
      await gateway.stop()
      await server.stop()
    }
    started.push(stop)
    return { url: server.url, baseURL: `${server.url}/v1`, state, metrics, stop }
  }

  return {
    road,
    model: road.manifest.id,
    start,
    async close() {
      await Promise.all(started.map((stop) => stop()))
      await road.stopServing()
      await road.close()
    },
  }
}
