/**
 * What payment costs a node: the same tab answers the same prompts for nothing and for money in turn.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { addressFromPeerId, type Price } from '@weft/protocol'
import { startChain } from '@weft/weft/start-chain'
import type { Page } from 'playwright-core'
import { getAddress } from 'viem'
import type { BenchPage } from '../page/bench-page.ts'
import { medianInterval } from './median-interval.ts'
import { type NodeCost, watchNode } from './node-cost.ts'
import { openFunding } from './open-funding.ts'
import { type Bench, type BenchOptions, type BenchReport, median, rounded } from './report.ts'
import { openStage } from './stage.ts'

declare global {
  interface Window {
    bench: Promise<BenchPage>
  }
}

const prompts = [
  'Tell me a story about a fox and a lantern.',
  'Tell me a story about a whale and a bell.',
  'Write a story about a bear who finds a map.',
]
const repeats = 4
const leastRuns = 12
const price: Price = { inputWeiPerMillion: 10n ** 18n, outputWeiPerMillion: 10n ** 18n }
/** The cap of the client's key: more than every run can cost. */
const capWei = 10n ** 19n
const searchMs = 20_000

/** One price, some answers: for each token. */
type Turn = NodeCost & { clientMs: number; tokens: number }

export const paid: Bench = {
  describe:
    'what payment costs a node for each token: the same tab for nothing and for money in turn',
  goals: { paidOverFree: '<= 1.01', paymentShare: '<= 0.01' },
  async run({ runs, backend }: BenchOptions): Promise<BenchReport> {
    const stateFolder = await mkdtemp(join(tmpdir(), 'weft-bench-chain-'))
    const stopping = new AbortController()
    const chain = await startChain({ stateFolder, stopping: stopping.signal, say: console.error })
    try {
      const stage = await openStage('bench', chain)
      try {
        const { chainId, contracts } = chain.network()
        if (!contracts) throw new Error('The chain has no contracts.')
        const deployment = {
          channels: getAddress(contracts.channels),
          token: getAddress(contracts.token),
          registry: getAddress(contracts.registry),
          credits: getAddress(contracts.credits),
        }
        const node = await stage.openTab()
        await node.evaluate(
          async (of) => {
            const bench = await window.bench
            await bench.open()
            await bench.earnOn(of)
          },
          { url: `${stage.url}/chain`, chainId, deployment },
        )
        const client = await stage.openTab()
        const peerId = await client.evaluate(async () => (await window.bench).open())
        const signer = addressFromPeerId(peerId)
        const siteUrl = stage.url
        const funding = await openFunding({ siteUrl, signer, capWei, chainId, deployment })
        await client.evaluate(async (of) => (await window.bench).fund(of), funding)
        return await measure({ node, client, backend, runs: Math.max(runs, leastRuns) })
      } finally {
        await stage.close()
      }
    } finally {
      stopping.abort()
      await chain.stop()
      await rm(stateFolder, { recursive: true })
    }
  },
}

/**
 * What the page does more for a token. The rest of its browser decodes the same tokens in both turns: where that took
 * longer the machine was slower, and the page with it.
 */
function paymentMs({ free, paid }: Record<'free' | 'paid', Turn>): number {
  const slower = (paid.cpuMs - paid.pageMs) / (free.cpuMs - free.pageMs)
  return paid.pageMs / slower - free.pageMs
}

type MeasureInit = { node: Page; client: Page; backend: 'wasm' | 'webgpu'; runs: number }

const settleMs = 1_500

async function measure({ node, client, backend, runs }: MeasureInit): Promise<BenchReport> {
  const watched = await watchNode(node)
  /** Jobs before the measured ones: the search, the dial, compiled code, the look at the chain. */
  async function turn(isPaid: boolean): Promise<Turn> {
    await node.evaluate(
      async ([of, asked]) => {
        const bench = await window.bench
        await bench.stop()
        await bench.serve(of, asked)
      },
      [backend, isPaid ? price : undefined] as const,
    )
    await untilAnswered(client)
    const before = await earned(node)
    const cost = await watched()
    const timings = []
    for (const prompt of Array.from({ length: repeats }, () => prompts).flat()) {
      timings.push(await runJob(client, prompt))
    }
    // The last voucher comes behind the receipt, and is checked and written down within a second.
    await setTimeout(settleMs)
    const { cpuMs, pageMs } = await cost()
    const tokens = timings.reduce((sum, timing) => sum + timing.tokens, 0)
    const owedWei = BigInt(tokens) * (price.outputWeiPerMillion / 1_000_000n)
    const gainedWei = (await earned(node)) - before
    if (isPaid !== gainedWei >= owedWei) {
      throw new Error(`${tokens} tokens were promised ${gainedWei} wei.`)
    }
    return {
      tokens,
      cpuMs: cpuMs / tokens,
      pageMs: pageMs / tokens,
      clientMs: median(timings.map(({ perTokenMs }) => perTokenMs)),
    }
  }

  await turn(true)
  const pairs: { free: Turn; paid: Turn }[] = []
  for (let run = 0; run < runs; run += 1) {
    // The order alternates, so that a drift of the machine falls on both sides alike.
    const first = await turn(run % 2 === 0)
    const second = await turn(run % 2 === 1)
    pairs.push(run % 2 === 0 ? { paid: first, free: second } : { paid: second, free: first })
  }
  const of = (pick: (pair: (typeof pairs)[number]) => number) => medianInterval(pairs.map(pick))
  const perToken = of(({ free, paid }) => paid.clientMs / free.clientMs)
  const cpu = of(({ free, paid }) => paid.cpuMs / free.cpuMs)
  const payment = of(paymentMs)
  const share = of((pair) => paymentMs(pair) / pair.free.clientMs)
  return {
    name: 'paid',
    metrics: {
      paidOverFree: rounded(perToken.median, 4),
      paidOverFreeLow: rounded(perToken.low, 4),
      paidOverFreeHigh: rounded(perToken.high, 4),
      cpuPaidOverFree: rounded(cpu.median, 4),
      cpuPaidOverFreeLow: rounded(cpu.low, 4),
      cpuPaidOverFreeHigh: rounded(cpu.high, 4),
      paymentMsPerToken: rounded(payment.median, 4),
      paymentMsPerTokenLow: rounded(payment.low, 4),
      paymentMsPerTokenHigh: rounded(payment.high, 4),
      paymentShare: rounded(share.median, 4),
      freeMsPerToken: rounded(of(({ free }) => free.clientMs).median, 3),
      freeCpuMsPerToken: rounded(of(({ free }) => free.cpuMs).median, 3),
      freePageMsPerToken: rounded(of(({ free }) => free.pageMs).median, 3),
      tokens: pairs.reduce((sum, { free, paid }) => sum + free.tokens + paid.tokens, 0),
      rounds: pairs.length,
    },
    notes: [
      'Low and High hold the true median in 95 of 100 repetitions. paidOverFree: time of a token as the client sees it. cpu: all processes of the node’s browser.',
      'payment: what the main thread of the node’s page does more, where all of payment runs, as fast as the machine decoded meanwhile; paymentShare: of the time of a free token of this model, the smallest there is.',
    ],
    rows: pairs.map(({ free, paid }) => ({
      freeMs: rounded(free.clientMs, 3),
      paidMs: rounded(paid.clientMs, 3),
      freeCpuMs: rounded(free.cpuMs, 3),
      paidCpuMs: rounded(paid.cpuMs, 3),
      freePageMs: rounded(free.pageMs, 4),
      paidPageMs: rounded(paid.pageMs, 4),
    })),
  }
}

const runJob = (client: Page, prompt: string) =>
  client.evaluate(async ([text, most]) => (await window.bench).job(text, 'network', most), [
    prompt,
    price,
  ] as const)

const earned = (node: Page): Promise<bigint> =>
  node.evaluate(async () => (await window.bench).earnedWei())

/** A node that has just begun again is found within a moment. */
async function untilAnswered(client: Page): Promise<void> {
  const deadlineMs = performance.now() + searchMs
  for (;;) {
    try {
      return void (await runJob(client, prompts[0] ?? ''))
    } catch (error) {
      if (performance.now() > deadlineMs) throw error
      await setTimeout(200)
    }
  }
}
