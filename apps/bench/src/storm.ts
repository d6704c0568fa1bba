/**
 * The storm as a benchmark: how many answers are whole and right while nodes die and lie.
 * @module
 */
import type { Bench } from './report.ts'
import { fullStorm } from './storm/options.ts'
import { runStorm } from './storm/run-storm.ts'
import { commandOf, leastWholeAndRight, summarise } from './storm/summary.ts'

export const storm: Bench = {
  describe: 'answers that are whole and right while nodes die and lie and relays restart',
  goals: { wholeAndRight: `>= ${leastWholeAndRight}`, lost: '0', duplicated: '0' },
  async run() {
    const record = await runStorm(fullStorm, {
      signal: new AbortController().signal,
      onProgress: ({ step }) => step !== '' && console.error(`${step} …`),
    })
    const { metrics, findings } = summarise(record)
    return {
      name: 'storm',
      metrics,
      notes: [
        `As ${commandOf(fullStorm)}, which also draws it.`,
        ...findings.map(({ text }) => text),
      ],
    }
  },
}
