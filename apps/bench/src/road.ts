/**
 * What the network adds to an answer: each job runs at another tab over WebRTC and, paired with it,
 * on the same engine inside that tab's own page.
 * @module
 */
import type { Page } from 'playwright-core'
import type { BenchPage, JobTiming } from '../page/bench-page.ts'
import { type Bench, type BenchOptions, type BenchReport, median, rounded } from './report.ts'
import { openStage } from './stage.ts'

const prompts = [
  'Tell me a story about a fox and a lantern.',
  'Tell me a story about a whale and a bell.',
  'Write a story about a bear who finds a map.',
]
/** Jobs before the measured ones: the dial, compiled code, warm caches. */
const warmUpJobs = 2
const leastRuns = 10

declare global {
  interface Window {
    bench: Promise<BenchPage>
  }
}

export const road: Bench = {
  describe: 'network overhead against the same engine in the page, loopback',
  goals: {
    ttftOverheadMs: '<= 60',
    perTokenOverheadMs: '<= 2',
    relayBytesPerJob: '0',
    stopMs: '<= 200',
  },
  async run({ runs, backend }: BenchOptions): Promise<BenchReport> {
    const stage = await openStage()
    try {
      const node = await stage.openTab()
      await node.evaluate(async (choice) => {
        const bench = await window.bench
        await bench.open()
        await bench.serve(choice)
      }, backend)
      const client = await stage.openTab()
      await client.evaluate(async () => (await window.bench).open())
      return await measure({ node, client, relayHttp: stage.relayHttp, runs })
    } finally {
      await stage.close()
    }
  },
}

async function measure(init: {
  node: Page
  client: Page
  relayHttp: string
  runs: number
}): Promise<BenchReport> {
  const { node, client, relayHttp, runs } = init
  for (let job = 0; job < warmUpJobs; job += 1) {
    await runJob(client, prompts[0] ?? '', 'network')
    await runJob(node, prompts[0] ?? '', 'local')
  }
  const carriedBefore = await carriedBytes(relayHttp)
  const pairs: { network: JobTiming; local: JobTiming }[] = []
  for (let run = 0; run < Math.max(runs, leastRuns); run += 1) {
    const prompt = prompts[run % prompts.length] ?? ''
    // The order alternates, so that a drift of the machine falls on both sides alike.
    const first = run % 2 === 0 ? await runJob(client, prompt, 'network') : undefined
    const local = await runJob(node, prompt, 'local')
    const network = first ?? (await runJob(client, prompt, 'network'))
    if (network.tokens !== local.tokens) throw new Error('The two sides answered differently.')
    pairs.push({ network, local })
  }
  const carried = (await carriedBytes(relayHttp)) - carriedBefore
  const stops: number[] = []
  for (let run = 0; run < leastRuns; run += 1) stops.push(await timeStop({ node, client }))
  const of = (pick: (pair: (typeof pairs)[number]) => number) => rounded(median(pairs.map(pick)))
  return {
    name: 'road',
    metrics: {
      ttftOverheadMs: of(({ network, local }) => network.firstTokenMs - local.firstTokenMs),
      perTokenOverheadMs: of(({ network, local }) => network.perTokenMs - local.perTokenMs),
      relayBytesPerJob: rounded(carried / pairs.length),
      stopMs: rounded(median(stops)),
      stopMsMost: Math.max(...stops),
      ttftNetworkMs: of(({ network }) => network.firstTokenMs),
      ttftLocalMs: of(({ local }) => local.firstTokenMs),
      perTokenNetworkMs: of(({ network }) => network.perTokenMs),
      perTokenLocalMs: of(({ local }) => local.perTokenMs),
      tokensPerJob: of(({ network }) => network.tokens),
      jobs: pairs.length,
    },
  }
}

function runJob(page: Page, prompt: string, where: 'network' | 'local'): Promise<JobTiming> {
  return page.evaluate(async ([text, place]) => (await window.bench).job(text, place), [
    prompt,
    where,
  ] as const)
}

/** @returns from the client's stop until the node has nothing to do, in milliseconds */
async function timeStop({ node, client }: { node: Page; client: Page }): Promise<number> {
  const stoppedAtMs = await client.evaluate(
    async (text) => (await window.bench).stopJob(text),
    prompts[0] ?? '',
  )
  for (;;) {
    const idleAtMs = await node.evaluate(async () => (await window.bench).idleAtMs())
    if (idleAtMs >= stoppedAtMs) return idleAtMs - stoppedAtMs
  }
}

/** What the relay counts on circuits: the only way by which a byte of one tab reaches another. */
const circuitMetric = /^libp2p_data_transfer_bytes_total\{.*\/libp2p\/circuit\//

/** Bytes that the relay carried between tabs, both directions. */
async function carriedBytes(relayHttp: string): Promise<number> {
  const text = await (await fetch(`${relayHttp}/metrics`)).text()
  const lines = text.split('\n').filter((line) => circuitMetric.test(line))
  if (lines.length === 0) throw new Error('The relay counts no circuit bytes.')
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}
