/**
 * The relay as a process.
 * @module
 */
import { prometheusMetrics } from '@libp2p/prometheus-metrics'
import { createRelay, type Relay } from '@weft/network/relay'
import { WeftError } from '@weft/protocol'
import { register } from 'prom-client'
import { type HttpServer, startHttpServer } from './http-server.ts'
import { loadKey } from './key-file.ts'
import { type RelayEvents, registerMetrics } from './metrics.ts'
import { parseOptions, type RelayOptions, usage } from './options.ts'

/** What ends without tabs being told has this long to close its streams. */
const closeMs = 2_000

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  if (args.includes('--help')) return console.log(usage)
  const options = parseOptions(args)
  const startedAtMs = Date.now()
  let isDraining = false
  const { relay, http } = await start(options, { startedAtMs, isDraining: () => isDraining })
  let isStopping = false
  const stop = async () => {
    if (isStopping) return
    isStopping = true
    setTimeout(() => process.exit(0), closeMs).unref()
    await Promise.allSettled([relay.stop(), http.stop()])
    process.exit(0)
  }
  const drain = async () => {
    if (isDraining) return
    isDraining = true
    await relay.drain(options.drainMs)
    await stop()
  }
  process.on('SIGTERM', drain)
  // A person at the terminal does not want to wait.
  process.on('SIGINT', stop)
  // Started by another process of ours: end with it, however it ended.
  process.on('disconnect', stop)
  console.log(JSON.stringify({ ready: true, address: relay.addresses()[0], http: http.url }))
}

async function start(
  { host, port, httpPort, keyFile, ...options }: RelayOptions,
  { startedAtMs, isDraining }: { startedAtMs: number; isDraining: () => boolean },
): Promise<{ relay: Relay; http: HttpServer }> {
  const privateKey = await loadKey(keyFile)
  const events: RelayEvents = { onRequest: () => {}, onRefusedConnection: () => {} }
  const relay = await createRelay({
    privateKey,
    host,
    port,
    ...options,
    metrics: prometheusMetrics(),
    onRequest: (type, answer) => events.onRequest(type, answer),
    onRefusedConnection: () => events.onRefusedConnection(),
  })
  Object.assign(events, registerMetrics(relay, isDraining))
  const http = await startHttpServer({
    host,
    port: httpPort,
    health: () => ({
      status: isDraining() ? 'draining' : 'ok',
      peerId: relay.peerId,
      addresses: relay.addresses(),
      uptimeMs: Date.now() - startedAtMs,
      ...relay.counts(),
    }),
    live: () => ({ nodes: relay.counts().answering }),
    metrics: async () => ({ contentType: register.contentType, text: await register.metrics() }),
  })
  return { relay, http }
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
