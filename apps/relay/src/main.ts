/**
 * The relay as a process.
 * @module
 */
import { prometheusMetrics } from '@libp2p/prometheus-metrics'
import { createRelay, type Relay } from '@weft/network/relay'
import { WeftError } from '@weft/protocol'
import { Counter, Gauge, register } from 'prom-client'
import { type HttpServer, startHttpServer } from './http-server.ts'
import { loadKey } from './key-file.ts'
import { parseOptions, type RelayOptions } from './options.ts'

/** After this a supervisor would kill the process anyway. */
const drainMs = 2_000

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2))
  const startedAtMs = Date.now()
  const { relay, http } = await start(options, startedAtMs)
  let isStopping = false
  const stop = async () => {
    if (isStopping) return
    isStopping = true
    setTimeout(() => process.exit(0), drainMs).unref()
    await Promise.allSettled([relay.stop(), http.stop()])
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // Started by another process of ours: end with it, however it ended.
  process.on('disconnect', stop)
  console.log(JSON.stringify({ ready: true, address: relay.addresses()[0], http: http.url }))
}

async function start(
  { host, port, httpPort, keyFile, maxReservations, announce }: RelayOptions,
  startedAtMs: number,
): Promise<{ relay: Relay; http: HttpServer }> {
  const privateKey = await loadKey(keyFile)
  const metrics = prometheusMetrics()
  const requests = { count: (_type: string) => {} }
  const relay = await createRelay({
    privateKey,
    host,
    port,
    announce,
    maxReservations,
    metrics,
    onRequest: (type) => requests.count(type),
  })
  // Only now: libp2p's metrics clear the registry when they start.
  requests.count = registerMetrics(relay)
  const http = await startHttpServer({
    host,
    port: httpPort,
    health: () => ({
      peerId: relay.peerId,
      addresses: relay.addresses(),
      uptimeMs: Date.now() - startedAtMs,
      ...relay.counts(),
    }),
    metrics: async () => ({ contentType: register.contentType, text: await register.metrics() }),
  })
  return { relay, http }
}

/** @returns a function that counts a directory request */
function registerMetrics(relay: Relay): (type: string) => void {
  const gauges = {
    registered: 'Nodes registered with the directory',
    reservations: 'Tabs that can be introduced through this relay',
    connections: 'Open connections',
  } as const
  for (const key of ['registered', 'reservations', 'connections'] as const) {
    new Gauge({
      name: `weft_relay_${key}`,
      help: gauges[key],
      collect() {
        this.set(relay.counts()[key])
      },
    })
  }
  const requests = new Counter({
    name: 'weft_relay_directory_requests_total',
    help: 'Directory requests answered, by type',
    labelNames: ['type'],
  })
  return (type) => requests.inc({ type })
}

// Thousands of tabs hang on this process: a stray rejection in a library is told, not fatal.
process.on('unhandledRejection', (reason) => {
  console.error(`Unhandled: ${reason instanceof Error ? reason.stack : String(reason)}`)
})

main().catch((error: unknown) => {
  const { code, message, facts } = WeftError.from(error, 'relay/failed', 'The relay cannot start.')
  console.error(`${[message, ...facts].join(' ')} [${code}]`)
  process.exit(1)
})
