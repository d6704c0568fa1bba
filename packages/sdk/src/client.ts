/**
 * Weft for a program: a tab without a screen, asked in OpenAI's words.
 * @module
 */
import type { BackendChoice } from '@weft/engine'
import type { SpeechSegment } from '@weft/engine/speech'
import type { FetchProgress } from '@weft/storage'
import { openTab } from './lazy-tab.ts'
import type { AnswerChoice } from './openai/answers.ts'
import { createOpenAiDoors, type OpenAiDoors } from './openai/doors.ts'
import { findModel, findSpeechModel } from './openai/find-model.ts'
import type { Funding } from './purse.ts'
import type { GraphFeeds, RunRequest, Tab, TabInit, WaitOptions } from './tab.ts'

export type ClientInit = Pick<TabInit, 'modelsUrl' | 'folder'> & {
  /** Multiaddrs of relays, each ending in `/p2p/<PeerId>`; without any, only this device answers. */
  relays?: string[]
  /** STUN and TURN servers; none by default, which is enough within one network. */
  iceServers?: RTCIceServer[]
  /** This device answers, unless a request says otherwise. */
  local?: boolean
  /** The most that a node may ask, unless a request says otherwise; nothing by default. */
  maxPrice?: AnswerChoice['maxPrice']
  /** How far other tabs check answers, unless a request says otherwise. */
  grade?: AnswerChoice['grade']
  /** Whose money pays for what costs something: of a wallet's channel, or of a sponsor's grant. */
  funding?: Funding
}

/** Everything of OpenAI's client that Weft has, and the tab behind it. */
export interface WeftClient extends OpenAiDoors {
  readonly peerId: string
  readonly tab: Tab
  /**
   * Fetches a model, checked and kept, and loads it on this device, so that the next local answer begins at once.
   * @param model - name or CID
   * @throws WeftError `sdk/unknown-model`, `storage/*`, `engine/*`; CancelledError
   */
  prepare(model: string, options?: PrepareOptions): Promise<void>
  /**
   * Runs an ONNX graph on this device: tensors in, tensors out. The network is not asked: what other tabs compute of a
   * graph could not be checked. One graph stays open, so the next run of the same bytes begins at once.
   * @param model - ONNX, up to 512 MiB, which stays the caller's; or the name or CID of a model, whose graph is run
   *   as it is
   * @param feeds - every input: `{ dtype, dims, data }`, row by row, 512 MiB together at most
   * @returns outputs by name, of the same form
   * @throws WeftError `sdk/unknown-model`, `engine/bad-feeds` (which input, what is expected, what it got),
   *   `engine/bad-fetches`, `engine/bad-graph`, `engine/out-of-memory`, `protocol/too-large`, `storage/*`;
   *   CancelledError
   * @example
   * const { sum } = await client.run(graph, {
   *   x: { dtype: 'float32', dims: [1, 2], data: Float32Array.of(1, 2) },
   * })
   */
  run(
    model: Uint8Array | string,
    feeds: GraphFeeds,
    options?: WaitOptions & Pick<RunRequest, 'fetches'>,
  ): Promise<GraphFeeds>
  /**
   * Writes down what is said, on this device, which fetches the model at the first call. No audio leaves it. Of what is
   * longer than 20 seconds, segments are cut where it is quiet.
   * @param audio - one channel at 16 kHz, from -1 to 1, half an hour at most
   * @throws WeftError `sdk/no-speech` where this site offers no such model, `sdk/unknown-model`, `sdk/wrong-task`,
   *   `engine/bad-audio`, `engine/*`, `storage/*`; CancelledError
   * @example
   * const { text, segments } = await client.transcribe(audio, { language: 'en' })
   */
  transcribe(audio: Float32Array, options?: TranscriptionOptions): Promise<Transcription>
  /**
   * Ends what runs, and leaves the network. A process ends by `process.exit()` then: threads of node-datachannel may
   * outlive their connections.
   */
  close(): Promise<void>
}

export type TranscriptionOptions = WaitOptions & {
  /** Name or CID; by default the first of the site's list that understands the language. */
  model?: string
  /** ISO 639, as `en`; any by default. */
  language?: string
  /** Told with every segment. */
  onProgress?: (progress: { heardMs: number; allMs: number; text: string }) => void
}

export type Transcription = { text: string; segments: SpeechSegment[] }

export type PrepareOptions = WaitOptions & {
  /** `auto` by default. */
  backend?: BackendChoice
  /** Bytes of the download, as they come. */
  onProgress?: (progress: FetchProgress) => void
}

/**
 * Opens a client in a page, a module worker, or Node. A relay that is down is no error: the network keeps trying.
 * @throws WeftError `sdk/catalogue`, `storage/*`, `network/relay-address`
 * @example
 * const client = await createClient({ relays, modelsUrl: 'https://weft.example/models/' })
 * const chat = await client.chat.completions.create({
 *   model: 'weft/bobbin-2m',
 *   messages: [{ role: 'user', content: 'Tell me a story about a fox.' }],
 * })
 */
export async function createClient(init: ClientInit): Promise<WeftClient> {
  const { relays = [], iceServers = [], modelsUrl, folder, local, maxPrice, grade, funding } = init
  const tab = await openTab({ relays, iceServers, modelsUrl, folder })
  if (funding) await tab.purse.fund(funding)
  return clientOf(tab, {
    where: (local ?? relays.length === 0) ? 'local' : 'network',
    maxPrice,
    grade,
  })
}

/** The same over a tab that is open already: closing the client closes it. */
export function clientOf(tab: Tab, defaults: AnswerChoice = {}): WeftClient {
  const models = () => tab.models.list.get()
  const doors = createOpenAiDoors({
    models,
    refresh: (options) => tab.models.refreshLiveNodes(options),
    generate: tab.client.generate,
    embed: tab.client.embed,
    defaults,
  })
  return {
    ...doors,
    peerId: tab.peerId,
    tab,
    async prepare(model, { backend = 'auto', onProgress, ...options } = {}) {
      const { modelCid } = findModel(models(), { name: model, task: 'chat' })
      const stop = tab.models.engine.subscribe(() => {
        const state = tab.models.engine.get()
        if (state.phase === 'downloading' && state.modelCid === modelCid) onProgress?.(state)
      })
      try {
        await tab.models.prepare(modelCid, backend, options)
      } finally {
        stop()
      }
    },
    async run(model, feeds, { fetches, ...options } = {}) {
      const graph =
        typeof model === 'string'
          ? findModel(models(), { name: model, task: null }).modelCid
          : model
      return tab.client.run({ graph, feeds, ...(fetches ? { fetches } : {}) }, options)
    },
    async transcribe(audio, { model, language, onProgress, ...options } = {}) {
      const { modelCid } = findSpeechModel(models(), { model, language })
      const heard: string[] = []
      const allMs = Math.round(audio.length / 16)
      const segments = await tab.client.transcribe(
        { modelCid, audio },
        {
          ...options,
          onSegment({ endMs, text }) {
            heard.push(text)
            onProgress?.({ heardMs: endMs, allMs, text: heard.join(' ') })
          },
        },
      )
      return { text: segments.map(({ text }) => text).join(' '), segments }
    },
    close: () => tab.close(),
  }
}
