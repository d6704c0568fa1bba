/**
 * The gateway as a process.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { createKey } from './access/api-keys.ts'
import { parseOptions, usage } from './options.ts'

async function main(args: string[]): Promise<void> {
  const [command, name = 'name'] = args
  if (command === 'fund') return runFund(args.slice(1))
  if (args.includes('--help')) return console.log(usage)
  if (command === 'key') return tellKey(name)
  const options = parseOptions(args)
  // Here, since the other commands need no network and no engine.
  const { runGateway } = await import('./run-gateway.ts')
  const gateway = await runGateway(options, tell)
  let stops = 0
  const stop = async (drainMs: number) => {
    stops += 1
    if (stops > 1) process.exit(1)
    await gateway.stop(drainMs)
    process.exit(0)
  }
  process.on('SIGTERM', () => void stop(options.drainMs))
  // A person at the terminal does not want to wait.
  process.on('SIGINT', () => void stop(0))
  // Started by another process of ours: end with it, however it ended.
  process.on('disconnect', () => void stop(0))
  const { url, opsUrl, peerId, address } = gateway
  console.log(JSON.stringify({ ready: true, url, ops: opsUrl, peerId, address }))
}

function tellKey(name: string): void {
  const { key, sha256 } = createKey()
  const entry = { name, sha256, budgetWeiPerDay: '0', requestsPerMinute: 60 }
  console.log(
    `${key}\n\nIt is shown once. In "keys" of gateway.json:\n\n${JSON.stringify(entry, null, 2)}`,
  )
}

async function runFund(args: string[]): Promise<void> {
  const { fund, fundUsage } = await import('./fund/fund-command.ts')
  if (args.includes('--help')) return console.log(fundUsage)
  await fund(args, (line) => console.log(line))
}

function tell(reason: unknown): void {
  console.error(`Unhandled: ${reason instanceof Error ? reason.stack : String(reason)}`)
}

// Many answers hang on this process: a stray rejection in a library is told, not fatal.
process.on('unhandledRejection', tell)

main(process.argv.slice(2)).catch((error: unknown) => {
  const { code, message, facts } = WeftError.from(error, 'gateway/failed', 'It cannot start.')
  console.error(`${[message, ...facts].join(' ')} [${code}]`)
  process.exit(1)
})
