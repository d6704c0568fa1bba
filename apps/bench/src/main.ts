/**
 * `npm run bench -- NAME [--json] [--runs N] [--backend wasm|webgpu] [--model 15m] [--dtype q4]`
 * @module
 */
import { parseArgs } from 'node:util'
import { batch } from './batch.ts'
import { decode } from './decode.ts'
import { prefix } from './prefix.ts'
import type { Bench, BenchReport } from './report.ts'
import { road } from './road.ts'

const benches: Record<string, Bench> = { road, decode, batch, prefix }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '0' },
    backend: { type: 'string', default: 'wasm' },
    model: { type: 'string', multiple: true, default: [] },
    dtype: { type: 'string', multiple: true, default: [] },
  },
})

const bench = benches[positionals[0] ?? '']
const runs = Number(values.runs)
const { backend } = values
if (!bench || !Number.isInteger(runs) || (backend !== 'wasm' && backend !== 'webgpu')) {
  console.error('Usage: npm run bench -- NAME [--json] [--runs N] [--backend wasm|webgpu]\n')
  for (const [name, { describe }] of Object.entries(benches))
    console.error(`  ${name}  ${describe}`)
  process.exit(1)
}

const report = await bench.run({ runs, backend, models: values.model, dtypes: values.dtype })
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
