/**
 * `npm run storm -- --help`
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readStormOptions } from './options.ts'
import { renderReport } from './report-page.ts'
import { runStorm } from './run-storm.ts'
import { summarise } from './summary.ts'

const { options, out, json } = readStormOptions()
const interrupted = new AbortController()
process.once('SIGINT', () => interrupted.abort())
process.once('SIGTERM', () => interrupted.abort())

/** Money is written as text. */
const inText = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)

const everyMs = 5_000
let saidMs = Number.NEGATIVE_INFINITY
const record = await runStorm(options, {
  signal: interrupted.signal,
  onProgress({ step, outcomes, troubles, samples }, atMs) {
    if (step !== '') return console.error(`${step} … ${Math.round(process.uptime())} s`)
    if (performance.now() - saidMs < everyMs) return
    saidMs = performance.now()
    const right = outcomes.filter(({ verdict }) => verdict === 'whole' || verdict === 'prefix')
    const last = samples.at(-1)
    console.error(
      [
        `${Math.round(atMs / 1000)} s`,
        `${outcomes.length} answers, ${outcomes.length - right.length} not right`,
        `relays know ${last?.known.map((count) => count ?? 'gone').join(' and ')}`,
        `${last?.connections} connections`,
        `${Math.round((last?.workerBytes ?? 0) / 2 ** 20)} MB`,
        `lag ${Math.round(last?.lagMs ?? 0)} ms`,
        `${troubles.length} troubles`,
      ].join(' · '),
    )
  },
})
const summary = summarise(record)
await mkdir(out, { recursive: true })
await writeFile(join(out, 'report.json'), `${JSON.stringify({ summary, record }, inText, 1)}\n`)
await writeFile(join(out, 'report.html'), await renderReport(record, summary))

if (json) {
  console.log(JSON.stringify(summary.metrics))
} else {
  for (const { isGood, text } of summary.findings) console.log(`${isGood ? 'ok ' : 'NOT'} ${text}`)
  for (const [name, value] of Object.entries(summary.metrics)) {
    console.log(`  ${name.padEnd(22)} ${String(value).padStart(10)}`)
  }
}
console.error(`Report: ${resolve(out, 'report.html')}`)
process.exitCode = summary.findings.every(({ isGood }) => isGood) ? 0 : 1
