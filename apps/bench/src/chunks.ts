/**
 * How fast chunks of a model cross between two tabs, hash-checked, against a raw RTCDataChannel between
 * the same two.
 * @module
 */
import type { Page } from 'playwright-core'
import type { ChunkPage } from '../chunk-page/chunk-page.ts'
import { type Bench, type BenchOptions, type BenchReport, median, rounded } from './report.ts'
import { openStage } from './stage.ts'

declare global {
  interface Window {
    chunkPage: ChunkPage
  }
}

const chunkMegabytes = 1.048576
const chunkCount = 48
const leastRuns = 15

export const chunks: Bench = {
  describe: 'chunks between two tabs against a raw data channel, loopback',
  goals: { vsRawDataChannel: '>= 0.85' },
  async run({ runs }: BenchOptions): Promise<BenchReport> {
    const stage = await openStage('chunks')
    try {
      const [giver, taker] = [await stage.openTab(), await stage.openTab()]
      for (const page of [giver, taker]) await page.evaluate(() => window.chunkPage.open())
      const hashes = await giver.evaluate((count) => window.chunkPage.give(count), chunkCount)
      await connectRaw(giver, taker)
      const ours = () => taker.evaluate((list) => window.chunkPage.take(list), hashes)
      const raw = () => sendRaw(giver, taker)
      // The dial, compiled code, the first congestion windows.
      await ours()
      await raw()
      return report(await measure({ ours, raw, runs: Math.max(runs, leastRuns) }))
    } finally {
      await stage.close()
    }
  },
}

type Pair = { oursMs: number; rawMs: number }
type Contest = { ours: () => Promise<number>; raw: () => Promise<number>; runs: number }

/** The order alternates, so that a drift of the machine falls on both sides alike. */
async function measure({ ours, raw, runs }: Contest): Promise<Pair[]> {
  const pairs: Pair[] = []
  for (let run = 0; run < runs; run += 1) {
    const first = run % 2 === 0 ? await ours() : undefined
    const rawMs = await raw()
    pairs.push({ oursMs: first ?? (await ours()), rawMs })
  }
  return pairs
}

function report(pairs: Pair[]): BenchReport {
  const speed = (ms: number) => (chunkCount * chunkMegabytes) / (ms / 1000)
  const of = (pick: (pair: Pair) => number) => rounded(median(pairs.map(pick)))
  return {
    name: 'chunks',
    metrics: {
      vsRawDataChannel: of(({ oursMs, rawMs }) => rawMs / oursMs),
      mbPerSecond: of(({ oursMs }) => speed(oursMs)),
      rawMbPerSecond: of(({ rawMs }) => speed(rawMs)),
      runs: pairs.length,
    },
    notes: [
      `${chunkCount} chunks of 1 MiB a run, three in flight, SHA-256 checked; raw: one ordered channel, messages of 64 KiB, not checked.`,
    ],
    rows: pairs.map(({ oursMs, rawMs }) => ({
      oursMbPerSecond: rounded(speed(oursMs)),
      rawMbPerSecond: rounded(speed(rawMs)),
    })),
  }
}

async function connectRaw(giver: Page, taker: Page): Promise<void> {
  const offer = await giver.evaluate(() => window.chunkPage.raw.offer())
  const answer = await taker.evaluate((text) => window.chunkPage.raw.answer(text), offer)
  await giver.evaluate((text) => window.chunkPage.raw.accept(text), answer)
}

async function sendRaw(giver: Page, taker: Page): Promise<number> {
  const bytes = chunkCount * 2 ** 20
  const received = taker.evaluate((count) => window.chunkPage.raw.receive(count), bytes)
  await giver.evaluate((count) => window.chunkPage.raw.send(count), bytes)
  return received
}
