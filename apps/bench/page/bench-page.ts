/**
 * Runs inside the browsers of a benchmark: one tab of Weft without screens.
 * @module
 */
import { type ChannelsReaderInit, createChannelsReader } from '@weft/payments/chain'
import { checkQuote, checkReceipt, type Delta, greedySampling, type Price } from '@weft/protocol'
import { type Funding, type GenerateEvent, openTab, type Tab } from '@weft/sdk'
import { createPublicClient, http } from 'viem'

export type JobTiming = {
  /** From the call to the first token. */
  firstTokenMs: number
  /** Mean time between tokens after the first. */
  perTokenMs: number
  longestGapMs: number
  tokens: number
}

/** An answer that nodes may be lost in. */
export type Watched = {
  tokens: number[]
  /** Positions at which a token came that was not the next one. */
  lost: number
  repeated: number
  finishReason: string | null
  handovers: { tokens: number; gapMs: number | null; reason: string }[]
  /** Whether this device computes the same tokens and text from the same seed. */
  isIdentical: boolean
}

/** An answer over the network, and what its quote and its receipt took to check on this page's own thread. */
export type Checked = { answerMs: number; checkMs: number }

export type BenchPage = {
  /** @returns the PeerId */
  open(): Promise<string>
  serve(backend: 'wasm' | 'webgpu', price?: Price): Promise<void>
  stop(): Promise<void>
  earnOn(chain: Omit<ChannelsReaderInit, 'reader'> & { url: string }): Promise<void>
  /** Promised by vouchers, over all jobs. */
  earnedWei(): bigint
  fund(funding: Funding): Promise<void>
  job(prompt: string, where: 'network' | 'local', maxPrice?: Price): Promise<JobTiming>
  /** Stops an answer over the network behind its first token. @returns when, in milliseconds since 1970 */
  stopJob(prompt: string): Promise<number>
  /** When this tab had last done all that it serves, in milliseconds since 1970. */
  idleAtMs(): number
  /** Checks once more what the client has just checked, and takes the time. */
  check(prompt: string): Promise<Checked>
  /** Calls `window.onToken(count, nodePeerId)` at each token, which the bench listens to. */
  watch(prompt: string): Promise<Watched>
}

declare global {
  interface Window {
    onToken?: (count: number, nodePeerId: string) => void
  }
}

const waitForNodeMs = 20_000

async function createBenchPage(): Promise<BenchPage> {
  const config = await (await fetch('/weft.json')).json()
  let tab: Tab
  let idleAtMs = 0
  const modelCid = () => tab.models.list.get()[0]?.modelCid ?? ''
  const requestOf = (prompt: string) => ({
    modelCid: modelCid(),
    messages: [{ role: 'user' as const, content: prompt }],
    sampling: greedySampling,
  })

  return {
    async open() {
      tab = await openTab(config)
      tab.node.state.subscribe(() => {
        if (tab.node.state.get().phase === 'idle') idleAtMs = Date.now()
      })
      const deadline = performance.now() + waitForNodeMs
      while (tab.network.get().relays.every(({ state }) => state !== 'online')) {
        if (performance.now() > deadline) throw new Error('The relay cannot be reached.')
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      return tab.peerId
    },
    stop: () => tab.node.stop(),
    async watch(prompt) {
      const events = tab.client.generate({
        ...requestOf(prompt),
        sampling: { ...greedySampling, temperature: 0.8, topK: 40 },
        where: 'network',
      })
      let [lost, repeated, count] = [0, 0, 0]
      for await (const event of events) {
        if (event.type === 'delta' && event.tokens.length > 0) {
          lost += Math.max(0, event.index - count)
          repeated += Math.max(0, count - event.index)
          count = event.index + event.tokens.length
          window.onToken?.(count, event.nodePeerId)
        }
        if (event.type !== 'end') continue
        const { tokens, finishReason, handovers } = event.answer
        const { firstDifference } = await tab.client.recheck(event.answer)
        return {
          tokens,
          lost,
          repeated,
          finishReason,
          handovers: handovers.map(({ tokens: at, gapMs, error }) => {
            return { tokens: at, gapMs, reason: error.code }
          }),
          isIdentical: firstDifference === null,
        }
      }
      throw new Error('The answer has no end.')
    },
    async stopJob(prompt) {
      const stopping = new AbortController()
      let stoppedAtMs = 0
      const events = tab.client.generate(
        { ...requestOf(prompt), where: 'network' },
        { signal: stopping.signal },
      )
      for await (const event of events) {
        if (event.type !== 'delta' || stoppedAtMs > 0) continue
        stoppedAtMs = Date.now()
        stopping.abort()
      }
      return stoppedAtMs
    },
    idleAtMs: () => idleAtMs,
    async check(prompt) {
      const startedMs = performance.now()
      const events = tab.client.generate({
        modelCid: modelCid(),
        messages: [{ role: 'user', content: prompt }],
        where: 'network',
      })
      const deltas: Delta[] = []
      let chosen: Extract<GenerateEvent, { type: 'node-chosen' }> | undefined
      for await (const event of events) {
        if (event.type === 'node-chosen') chosen = event
        if (event.type === 'delta') deltas.push(event)
        if (event.type !== 'end') continue
        const checkingMs = performance.now()
        const { receipt, answer } = event
        if (!chosen?.quote || !receipt) throw new Error('Nobody has signed for it.')
        const { quote, nonce, nodePeerId } = chosen
        const { job } = answer
        const contextTokens = tab.models.list.get()[0]?.manifest.contextTokens ?? 0
        const context = { job, firstToken: 0, nodePeerId, contextTokens }
        checkQuote(quote, { ...context, nowMs: Date.now() })
        const seen = { job, nonce, quote, deltas, answered: [], cancelled: false, channelId: null }
        const { tokenizerHash, endedAtMs: arrivedAtMs } = receipt
        checkReceipt(receipt, { ...seen, tokenizerHash, contextTokens, arrivedAtMs })
        const endedMs = performance.now()
        return { answerMs: checkingMs - startedMs, checkMs: endedMs - checkingMs }
      }
      throw new Error('The answer has no end.')
    },
    serve: (backend, price) =>
      tab.node.start({ modelCid: modelCid(), backend, ...(price ? { price } : {}) }),
    async earnOn({ url, ...chain }) {
      const reader = createPublicClient({ transport: http(url) })
      await tab.purse.earnOn(await createChannelsReader({ ...chain, reader }))
    },
    earnedWei: () => tab.purse.earnings.get()?.earnedWei ?? 0n,
    fund: (funding) => tab.purse.fund(funding),
    async job(prompt, where, maxPrice) {
      const startedMs = performance.now()
      let firstMs = 0
      let lastMs = 0
      let longestGapMs = 0
      let tokens = 0
      const events = tab.client.generate({
        ...requestOf(prompt),
        where,
        ...(maxPrice ? { maxPrice } : {}),
      })
      for await (const event of events) {
        if (event.type !== 'delta') continue
        const nowMs = performance.now()
        if (tokens === 0) firstMs = nowMs
        else longestGapMs = Math.max(longestGapMs, nowMs - lastMs)
        lastMs = nowMs
        tokens += event.tokens.length
      }
      const perTokenMs = (lastMs - firstMs) / Math.max(tokens - 1, 1)
      return { firstTokenMs: firstMs - startedMs, perTokenMs, longestGapMs, tokens }
    },
  }
}

Object.assign(window, { bench: createBenchPage() })
