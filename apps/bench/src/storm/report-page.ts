/**
 * The report as one file that needs nothing else: words first, then charts, then what went wrong.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { chartsOf, marksOf } from './report-data.ts'
import type { StormRecord } from './run-storm.ts'
import { commandOf, type StormSummary } from './summary.ts'

const maxListed = 100

export async function renderReport(record: StormRecord, summary: StormSummary): Promise<string> {
  const [script, style, ownScript, ownStyle] = await Promise.all([
    readFile(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.iife.min.js')), 'utf8'),
    readFile(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css')), 'utf8'),
    readFile(new URL('report-charts.js', import.meta.url), 'utf8'),
    readFile(new URL('report.css', import.meta.url), 'utf8'),
  ])
  const data = JSON.stringify({ charts: chartsOf(record), marks: marksOf(record) })
  const { findings, metrics, verdicts } = summary
  const isGood = findings.every((finding) => finding.isGood)
  const failed = record.outcomes.filter(
    ({ verdict }) => verdict !== 'whole' && verdict !== 'prefix',
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Storm: ${isGood ? 'it held' : 'it did not hold'}</title>
<style>${style}${ownStyle}</style>
<main>
<p class="command"><code>${escapeHtml(commandOf(record.options))}</code></p>
<h1>${isGood ? 'The network held.' : 'The network did not hold.'}</h1>
${record.isInterrupted ? '<p>It was interrupted; this is what was until then.</p>' : ''}
<ul class="findings">
${findings.map(({ isGood: good, text }) => `<li class="${good ? 'good' : 'bad'}"><b>${good ? 'Good' : 'Not good'}</b> ${escapeHtml(text)}</li>`).join('\n')}
</ul>
<section id="charts" aria-label="Charts">
<p class="note">Dashed lines: a relay was killed. Dotted lines: a process with all its nodes was killed.</p>
</section>
<h2>Figures</h2>
${table(Object.entries(metrics).map(([name, value]) => [name, String(value)]))}
<h2>Answers</h2>
${table(Object.entries(verdicts).map(([verdict, count]) => [verdict, String(count)]))}
<h2>How nodes were lost in mid-answer</h2>
${table(countBy(record.outcomes.flatMap(({ losses }) => losses.map(({ code }) => code))))}
<h2>What happened to the nodes</h2>
${table(countBy(record.events.map((event) => (event.type === 'death' ? event.death : event.type))))}
<h2>Answers that were not right</h2>
${failed.length === 0 ? '<p>None.</p>' : table(failed.slice(0, maxListed).map((outcome) => [`${outcome.verdict} after ${outcome.tokens} tokens`, [outcome.error?.message, ...(outcome.error?.facts ?? [])].join(' ')]))}
<h2>Errors that nobody caught</h2>
${record.troubles.length === 0 ? '<p>None.</p>' : table(record.troubles.slice(0, maxListed).map((trouble) => [trouble, '']))}
</main>
<script id="data" type="application/json">${data.replaceAll('<', '\\u003c')}</script>
<script>${script}</script>
<script>${ownScript}</script>
</html>
`
}

function table(rows: readonly (readonly [string, string])[]): string {
  const cells = rows.map(([name, value]) => `<tr><th>${escapeHtml(name)}<td>${escapeHtml(value)}`)
  return `<table>${cells.join('\n')}</table>`
}

function countBy(words: readonly string[]): [string, string][] {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a).map(([word, count]) => [word, String(count)])
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
