/**
 * `npm run bench -- NAME`
 * @module
 */
import { readCommandLine, refuse } from '../../../tooling/command-line.ts'
import { batch } from './batch.ts'
import { chunks } from './chunks.ts'
import { collusion } from './collusion.ts'
import { credits } from './credits.ts'
import { decode } from './decode.ts'
import { failover } from './failover.ts'
import { gas } from './gas.ts'
import { gateway } from './gateway.ts'
import { hidden } from './hidden.ts'
import { join } from './join.ts'
import { layers } from './layers.ts'
import { losses } from './losses.ts'
import { modelOptions, modelUsage, readModelOptions } from './model-options.ts'
import { paid } from './paid.ts'
import { prefix } from './prefix.ts'
import { relay } from './relay.ts'
import type { Bench, BenchReport } from './report.ts'
import { road } from './road.ts'
import { size } from './size.ts'
import { storm } from './storm.ts'
import { verify } from './verify/bench.ts'
import { vouchers } from './vouchers.ts'
import { zkml } from './zkml.ts'

const benches: Record<string, Bench> = {
  chunks,
  road,
  decode,
  batch,
  prefix,
  failover,
  join,
  hidden,
  layers,
  storm,
  relay,
  vouchers,
  paid,
  gas,
  gateway,
  losses,
  verify,
  collusion,
  credits,
  size,
  zkml,
}

const usage = `Usage: npm run bench -- NAME [options]    measures one thing, and says its goals beside it

${Object.entries(benches)
  .map(([name, { describe }]) => `  ${name.padEnd(10)} ${describe}`)
  .join('\n')}

  --json             one line for machines
  --runs N           rounds; default: each bench's own
  --minutes N        how long the bench named hidden hides its tab
${modelUsage}`

const { values, positionals } = readCommandLine(usage, {
  json: { type: 'boolean', default: false },
  runs: { type: 'string', default: '0' },
  minutes: { type: 'string', default: '0' },
  ...modelOptions,
})
const [name = ''] = positionals
const bench = benches[name] ?? refuse(usage, `There is no bench "${name}".`)
const runs = Number(values.runs)
if (!Number.isInteger(runs) || runs < 0) refuse(usage, '--runs takes a whole number.')
const minutes = Number(values.minutes)
if (!(minutes >= 0)) refuse(usage, '--minutes takes a number.')

const report = await bench.run({ runs, minutes, ...readModelOptions(usage, values) })
if (values.json) console.log(JSON.stringify(report))
else printTable(report, bench)

function printTable(
  { name, metrics, notes = [], rows = [] }: BenchReport,
  { describe, goals }: Bench,
): void {
  console.log(`${name}: ${describe}\n`)
  for (const [metric, value] of Object.entries(metrics)) {
    const goal = goals[metric] ? `  goal ${goals[metric]}` : ''
    console.log(`  ${metric.padEnd(22)} ${String(value).padStart(10)}${goal}`)
  }
  for (const note of notes) console.log(`\n  ${note}`)
  if (rows.length > 0) console.table(rows)
}
