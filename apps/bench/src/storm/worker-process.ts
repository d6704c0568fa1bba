/**
 * What all worker processes of a storm have in common: orders in, news out, nothing unseen.
 * @module
 */
import { setPriority } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parse } from '@weft/protocol'
import { type News, type Order, orderSchema } from './worker-messages.ts'

const sampleMs = 1_000
/**
 * Peers stand for tabs of as many machines. Here they share a few cores with the relays, which in the world
 * have their own: what a relay does comes first.
 */
const niceness = 10

export function tell(news: News): void {
  // Without a parent there is nobody to tell, and the disconnect ends this process.
  if (process.connected) process.send?.(news)
}

/** @param connections counts what this process holds open now */
export function takeOrders(
  onOrder: (order: Order) => void | Promise<void>,
  connections: () => number,
): void {
  const trouble = (error: unknown) =>
    tell({ type: 'trouble', message: error instanceof Error ? `${error.stack}` : String(error) })
  setPriority(niceness)
  process.on('unhandledRejection', trouble)
  process.on('uncaughtException', trouble)
  process.on('disconnect', () => process.exit(0))
  // Ctrl-C reaches all processes of a terminal; the storm ends its workers itself.
  process.on('SIGINT', () => {})
  process.on('message', (message) => {
    void (async () => onOrder(parse('order', orderSchema, message)))().catch(trouble)
  })
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  setInterval(() => {
    tell({ type: 'sample', lagMs: delay.max / 1e6, connections: connections() })
    delay.reset()
  }, sampleMs)
  tell({ type: 'ready' })
}
