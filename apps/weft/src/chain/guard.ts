/**
 * A process between `npm start` and anvil, since anvil does not notice when its parent is gone.
 *
 *   node guard.ts PORT FLAG…
 * @module
 */
import { startAnvil } from '@weft/contracts/anvil'

const [port, ...flags] = process.argv.slice(2)
const end = new AbortController()
for (const reason of ['disconnect', 'SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(reason, () => end.abort())
}
try {
  const anvil = await startAnvil({ port: Number(port), flags, signal: end.signal })
  process.send?.({ url: anvil.url, pid: anvil.pid })
  process.exitCode = (await anvil.ended) ?? 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
if (process.connected) process.disconnect()
