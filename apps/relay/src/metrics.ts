/**
 * What Prometheus reads of the relay, beside libp2p's own figures.
 * @module
 */
import type { Relay, RelayCounts, RelayInit } from '@weft/network/relay'
import { Counter, Gauge } from 'prom-client'

const gauges: Record<keyof RelayCounts, string> = {
  registered: 'Nodes registered with this relay',
  known: 'Nodes that the directory knows, with those of other relays',
  answering: 'Nodes among them that answer with a model',
  reservations: 'Tabs that can be introduced through this relay',
  connections: 'Open connections',
  fellows: 'Other relays that are connected',
}

/** What a relay reports as it happens. */
export type RelayEvents = Required<Pick<RelayInit, 'onRequest' | 'onRefusedConnection'>>

/** Only once the relay runs: libp2p's metrics clear the registry when they start. */
export function registerMetrics(relay: Relay, isDraining: () => boolean): RelayEvents {
  for (const [key, help] of Object.entries(gauges)) {
    gauge(`weft_relay_${key}`, help, () => relay.counts()[key as keyof RelayCounts])
  }
  gauge('weft_relay_draining', 'Whether the relay is about to end', () => Number(isDraining()))
  const requests = new Counter({
    name: 'weft_relay_directory_requests_total',
    help: 'Directory requests, by type and by the type of their answer',
    labelNames: ['type', 'answer'],
  })
  const refused = new Counter({
    name: 'weft_relay_connections_refused_total',
    help: 'Connections refused because their address has too many',
  })
  return {
    onRequest: (type, answer) => requests.inc({ type, answer }),
    onRefusedConnection: () => refused.inc(),
  }
}

function gauge(name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    collect() {
      this.set(read())
    },
  })
}
