/**
 * What a person notices when the tab that answers them is lost: tabs in Chromium processes of their
 * own, killed in mid-answer in six ways.
 * @module
 */
import type { Page } from 'playwright-core'
import type { Watched } from '../page/bench-page.ts'
import { type Bench, type BenchOptions, type BenchReport, median, rounded } from './report.ts'
import { openStage, type Stage } from './stage.ts'

const leastTrials = 40
/** Serving at any time: one to be lost, one to go on, one that is just coming. */
const poolSize = 3
const prompts = [
  'Tell me a story about a fox and a lantern.',
  'Tell me a story about a whale and a bell.',
  'Write a story about a bear who finds a map.',
]

const deaths: Record<string, (page: Page) => Promise<unknown>> = {
  'tab closed': (page) => page.close(),
  'renderer crashed': (page) => tell(page, 'Page.crash'),
  'browser crashed': (page) => tell(page, 'Browser.crash'),
  'page hangs': async (page) => {
    const hangs = () => {
      for (;;);
    }
    // It never returns.
    page.evaluate(hangs).catch(() => {})
  },
  'sends garbage': (page) =>
    page.evaluate(() => {
      const { send } = RTCDataChannel.prototype
      RTCDataChannel.prototype.send = function (data: unknown) {
        const { byteLength } = data as ArrayBuffer | ArrayBufferView
        send.call(this, crypto.getRandomValues(new Uint8Array(byteLength)))
      }
    }),
  'switched off': (page) => page.evaluate(async () => (await window.bench).stop()),
}

async function tell(page: Page, command: 'Page.crash' | 'Browser.crash'): Promise<void> {
  const session = await page.context().newCDPSession(page)
  // There is nobody left to answer.
  session.send(command).catch(() => {})
}

export const failover: Bench = {
  describe: 'the pause when the tab that answers is lost, and what is lost with it',
  goals: {
    gapMsP50: '<= 1000',
    gapMsMax: '<= 2000',
    tokensLost: '0',
    tokensRepeated: '0',
    bytesIdentical: '1',
    trials: '>= 40',
  },
  async run({ runs, backend }: BenchOptions): Promise<BenchReport> {
    const stage = await openStage()
    try {
      const nodes = new Map<string, Page>()
      const add = async () => {
        const { peerId, page } = await openNode(stage, backend)
        nodes.set(peerId, page)
      }
      for (let index = 0; index < poolSize; index += 1) await add()
      const client = await openClient(stage)
      const trials: Trial[] = []
      const wanted = Math.max(runs, leastTrials)
      // An answer that is whole before the kill arrives is no trial.
      for (
        let index = 0;
        trials.filter(isTrial).length < wanted && index < 2 * wanted;
        index += 1
      ) {
        const names = Object.keys(deaths)
        const death = names[index % names.length] ?? ''
        const prompt = prompts[index % prompts.length] ?? ''
        const trial = await client.lose({ prompt, atToken: 4 + ((index * 7) % 30), death, nodes })
        trials.push(trial)
        console.error(`${index + 1} ${death}: ${JSON.stringify(trial.watched.handovers)}`)
        await add()
      }
      return report(trials)
    } finally {
      await stage.close()
    }
  },
}

type Trial = { death: string; watched: Watched }
type LoseInit = { prompt: string; atToken: number; death: string; nodes: Map<string, Page> }

async function openNode(stage: Stage, backend: 'wasm' | 'webgpu') {
  const page = await stage.openTab()
  const peerId = await page.evaluate(async (choice) => {
    const bench = await window.bench
    const own = await bench.open()
    await bench.serve(choice)
    return own
  }, backend)
  return { peerId, page }
}

async function openClient(stage: Stage) {
  const page = await stage.openTab()
  let onToken = (_count: number, _peerId: string): void => {}
  await page.exposeFunction('onToken', (count: number, peerId: string) => onToken(count, peerId))
  await page.evaluate(async () => (await window.bench).open())
  return {
    async lose({ prompt, atToken, death, nodes }: LoseInit): Promise<Trial> {
      let killed: Page | undefined
      onToken = (count, peerId) => {
        if (killed || count < atToken) return
        killed = nodes.get(peerId)
        nodes.delete(peerId)
        if (killed) deaths[death]?.(killed).catch(() => {})
      }
      const watched = await page.evaluate(async (text) => (await window.bench).watch(text), prompt)
      await killed?.context().browser()?.close()
      return { death, watched }
    },
  }
}

const isTrial = ({ watched }: Trial): boolean => watched.handovers.length > 0

function report(all: Trial[]): BenchReport {
  const trials = all.filter(isTrial)
  const gaps = trials.flatMap(({ watched }) =>
    watched.handovers.map(({ gapMs }) => gapMs ?? Number.POSITIVE_INFINITY),
  )
  const sum = (pick: (watched: Watched) => number) =>
    trials.reduce((total, { watched }) => total + pick(watched), 0)
  const identical = sum(({ isIdentical }) => (isIdentical ? 1 : 0)) / trials.length
  return {
    name: 'failover',
    metrics: {
      gapMsP50: rounded(median(gaps)),
      gapMsMax: rounded(Math.max(...gaps)),
      tokensLost: sum(({ lost }) => lost),
      tokensRepeated: sum(({ repeated }) => repeated),
      bytesIdentical: rounded(identical),
      trials: trials.length,
    },
    notes: [
      'gap: from the last token of the tab that was lost to the first of the next one.',
      `${all.length - trials.length} more answers were whole before their tab was gone.`,
    ],
    rows: Object.keys(deaths).map((death) => {
      const own = trials.filter((trial) => trial.death === death)
      const ownGaps = own.flatMap(({ watched }) => watched.handovers.map(({ gapMs }) => gapMs ?? 0))
      return {
        death,
        trials: own.length,
        gapMsP50: ownGaps.length > 0 ? rounded(median(ownGaps)) : 0,
        gapMsMax: rounded(Math.max(0, ...ownGaps)),
      }
    }),
  }
}
