/**
 * Runs inside the browsers of a benchmark: one tab of Weft without screens.
 * @module
 */
import { greedySampling } from '@weft/protocol'
import { openTab, type Tab } from '@weft/sdk'

export type JobTiming = {
  /** From the call to the first token. */
  firstTokenMs: number
  /** Mean time between tokens after the first. */
  perTokenMs: number
  tokens: number
}

export type BenchPage = {
  open(): Promise<void>
  serve(backend: 'wasm' | 'webgpu'): Promise<void>
  job(prompt: string, where: 'network' | 'local'): Promise<JobTiming>
}

const waitForNodeMs = 20_000

async function createBenchPage(): Promise<BenchPage> {
  const config = await (await fetch('/weft.json')).json()
  let tab: Tab
  const modelCid = () => tab.models.list.get()[0]?.modelCid ?? ''

  return {
    async open() {
      tab = await openTab(config)
      const deadline = performance.now() + waitForNodeMs
      while (tab.network.get().relays.every(({ state }) => state !== 'online')) {
        if (performance.now() > deadline) throw new Error('The relay cannot be reached.')
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    serve: (backend) => tab.node.start({ modelCid: modelCid(), backend }),
    async job(prompt, where) {
      const startedMs = performance.now()
      let firstMs = 0
      let lastMs = 0
      let tokens = 0
      const events = tab.client.generate({
        modelCid: modelCid(),
        messages: [{ role: 'user', content: prompt }],
        sampling: greedySampling,
        where,
      })
      for await (const event of events) {
        if (event.type !== 'delta') continue
        lastMs = performance.now()
        if (tokens === 0) firstMs = lastMs
        tokens += event.tokens.length
      }
      const perTokenMs = (lastMs - firstMs) / Math.max(tokens - 1, 1)
      return { firstTokenMs: firstMs - startedMs, perTokenMs, tokens }
    },
  }
}

Object.assign(window, { bench: createBenchPage() })
