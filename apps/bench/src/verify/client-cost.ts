/**
 * What it costs a client to hold a node to what it signed.
 * @module
 */
import type { BenchPage, Checked } from '../../page/bench-page.ts'
import { median, rounded } from '../report.ts'
import { openStage } from '../stage.ts'
import { promptOf, warmUps } from './measure-cost.ts'

declare global {
  interface Window {
    bench: Promise<BenchPage>
  }
}

/** An answer has been checked when it is there: without that it would have been there so much earlier. */
function overheadPercent({ checkMs, answerMs }: Checked): number {
  return (100 * checkMs) / (answerMs - checkMs)
}

/** Over real streams, from one tab to another. */
export async function clientCost(rounds: number) {
  const stage = await openStage()
  try {
    const node = await stage.openTab()
    await node.evaluate(async () => {
      const bench = await window.bench
      await bench.open()
      await bench.serve('wasm')
    })
    const client = await stage.openTab()
    await client.evaluate(async () => (await window.bench).open())
    const times: Checked[] = []
    for (let round = -warmUps; round < rounds; round += 1) {
      const time = await client.evaluate(
        async (prompt) => (await window.bench).check(prompt),
        promptOf(round),
      )
      if (round >= 0) times.push(time)
    }
    return {
      percent: rounded(median(times.map(overheadPercent)), 3),
      checkMs: rounded(median(times.map(({ checkMs }) => checkMs)), 3),
      answerMs: rounded(median(times.map(({ answerMs }) => answerMs)), 1),
    }
  } finally {
    await stage.close()
  }
}
