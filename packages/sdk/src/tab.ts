/**
 * What an app sees of Weft in one tab.
 * @module
 */
import type {
  BackendChoice,
  Embeddings,
  LoadResult,
  LoadStage,
  Role,
  SpeedReport,
} from '@weft/engine'
import type { GraphTensor } from '@weft/engine/run-graph'
import type { SpeechSegment, TranscribeOptions } from '@weft/engine/speech'
import type { NetworkStatus } from '@weft/network'
import type {
  ContextOverflow,
  Delta,
  Hex,
  LayersManifest,
  Manifest,
  Message,
  Price,
  Quote,
  Receipt,
  Sampling,
  Tool,
  WeftErrorData,
} from '@weft/protocol'
import type {
  AnswerPlace,
  AnswerRecord,
  CachedModel,
  CheckRecord,
  FetchProgress,
  Grade,
  HistoryStore,
  ImportReport,
  ModelProgress,
  QuorumRecord,
  RecheckRecord,
  StorageSpace,
  UploadLimits,
} from '@weft/storage'
import type { CatalogueProblem, CuratedModel } from './catalogue.ts'
import type { Cell } from './cell.ts'
import type { AnswerChange } from './checking/answer-checks.ts'
import type { TabCourt } from './checking/court-state.ts'
import type { Verifier } from './checking/verifier-state.ts'
import type { TabCredits } from './credits/tab-credits.ts'
import type { Needs } from './fits-device.ts'
import type { PageRest } from './pausing/page-rest.ts'
import type { PlatformInit } from './platform/platform.ts'
import type { TabProofs } from './proved/tab-proofs.ts'
import type { Purse } from './purse.ts'
import type { LayersNode, ServingNode } from './tab-serving.ts'

export type * from './tab-serving.ts'

export type WaitOptions = { signal?: AbortSignal }

export type TabInit = PlatformInit & {
  /** Multiaddrs of relays, each ending in `/p2p/<PeerId>`. */
  relays: string[]
  /** STUN and TURN servers. */
  iceServers: RTCIceServer[]
  /** Folder that holds `catalogue.json`, absolute or relative to the page. */
  modelsUrl: string
  /** `node.policy` of an earlier visit, however it was kept; what is not valid of it is as at first. */
  pausePolicy?: unknown
}

/** What this browser gives to other tabs. */
export type StoringState = {
  /** Models that the person chose to share, by CID. */
  shared: readonly string[]
  limits: UploadLimits
  givenTodayBytes: number
  /** In all, over visits. */
  givenBytes: number
  /** Tabs that were given something just now. */
  peers: number
  /** This tab gives; another one of the browser may do it in its place. */
  isGiving: boolean
  /** One sentence for the person: what it does, or why nothing. */
  sentence: string
}

export interface Storing {
  readonly state: Cell<StoringState>
  /** Gives the model to other tabs, now and after a reload. @throws WeftError `sdk/not-whole` */
  share(modelCid: string): Promise<void>
  unshare(modelCid: string): Promise<void>
  limit(limits: UploadLimits): Promise<void>
}

export interface Tab {
  readonly peerId: string
  /** A newer version of this page is open in another tab: until a reload nothing more is kept here. */
  readonly isOutdated: Cell<boolean>
  readonly network: Cell<NetworkStatus>
  readonly models: Models
  readonly storing: Storing
  readonly client: Client
  readonly node: ServingNode
  /** Serves a model as its first part: reads prompts and answers, over tabs that compute the rest. */
  readonly head: ServingNode
  /** Computes a further part of a model for other tabs. */
  readonly layers: LayersNode
  /** Checks answers of other tabs, beside serving or alone. */
  readonly verifier: Verifier
  /** What the browser did to this page while it served. */
  readonly pageRest: Cell<PageRest>
  readonly peers: Peers
  readonly purse: Purse
  readonly credits: TabCredits
  /** Between tabs, of models whose weights are secret. */
  readonly proofs: TabProofs
  /** Where verdicts count, and this tab before it. */
  readonly court: TabCourt
  readonly history: History
  close(): Promise<void>
}

/**
 * A model that can be kept, with what the network and this device know of it. Its `manifest.task`
 * says what it does: `chat` can be loaded, asked and served, `embedding` cannot.
 */
export type ModelEntry = {
  modelCid: string
  manifest: Manifest
  /** Bytes that a device must fetch to run it. */
  downloadBytes: number
  /** What it asks of a device, for `fitsDevice`. */
  needs: Needs
  /** What tabs may share it in, the first first; empty where it is offered whole alone. */
  parts: LayersManifest[]
  /** Whether it came from files of this device and is on no site. */
  isImported: boolean
  /** The tab that its manifest came from: nobody has checked such a model. Null for all others. */
  publisher: string | null
  /** False for one of another tab that nobody has chosen here: no list offers it but that of all models. */
  isChosen: boolean
  /** Nodes that serve it now; null before the first answer of a relay. */
  liveNodes: number | null
  /** What each of them asks; those that ask nothing as well. */
  prices: Price[]
  /** Keys of those that ask for money, as a chain knows them. */
  payees: Hex[]
  /** Tabs that give its files to others; null before the first answer of a relay. */
  storingTabs: number | null
}

export type EngineState =
  | { phase: 'empty' }
  | ({ phase: 'downloading'; modelCid: string } & FetchProgress)
  | { phase: 'loading'; modelCid: string; stage: LoadStage }
  | { phase: 'ready'; modelCid: string; result: LoadResult; speed: SpeedReport }
  | { phase: 'failed'; modelCid: string; error: WeftErrorData }

export interface Models {
  readonly list: Cell<ModelEntry[]>
  /** The engine of this tab; one model at a time. */
  readonly engine: Cell<EngineState>
  /** `follower`: another tab of this browser has the engine in its worker. */
  readonly engineRole: Cell<Role>
  /**
   * Asks the relays who serves and who gives each model, and fetches the manifests of a few that other
   * tabs give and this site does not know: they are in `list` then, each with its `publisher`. Never
   * throws: an unknown count stays null.
   */
  refreshLiveNodes(options?: WaitOptions): Promise<void>
  /** Fetches (cached and hash-checked), loads, self-tests and measures; joins a load under way. */
  prepare(modelCid: string, backend: BackendChoice, options?: WaitOptions): Promise<void>

  /** What the site says about models, those included that wait for a manifest. */
  readonly curated: readonly CuratedModel[]
  /** What the site names but this visit could not read; a new visit tries again. */
  readonly problems: readonly CatalogueProblem[]
  /** What this browser keeps, the model used last first; partial downloads included. */
  readonly cached: Cell<CachedModel[]>
  /** Null until the browser has told. */
  readonly storage: Cell<StorageSpace | null>
  /** Reads `cached` and `storage` anew; they follow loads, imports and removals by themselves. */
  refreshStorage(): Promise<void>
  /**
   * Deletes what is kept of a model.
   * @throws WeftError `storage/model-in-use` while it is loaded, here or in another tab
   */
  remove(modelCid: string): Promise<void>
  /**
   * Keeps a model from files of this device: a chosen or dropped folder with its manifest.json, or
   * files of a model that this site knows. It is in `list` afterwards.
   * @throws WeftError `storage/import`, `storage/bad-manifest`, `storage/wrong-hash`,
   *   `storage/no-space`, `protocol/cancelled`
   */
  import(files: readonly File[], options?: ImportOptions): Promise<ImportReport>
  /** Asks the browser never to clear models by itself. @returns whether it will keep them */
  requestPersistence(): Promise<boolean>
}

export type ImportOptions = WaitOptions & { onProgress?: (progress: ModelProgress) => void }

export type GenerateRequest = {
  modelCid: string
  messages: Message[]
  /** That the model may call; what it writes then is in its text. `chat.completions` reads that. */
  tools?: Tool[]
  sampling?: Sampling
  /** Default `error`. */
  overflow?: ContextOverflow
  maxTokens?: number
  /** The most that a node may ask; by default, and while this tab spends nothing, only free ones are asked. */
  maxPrice?: Price
  where: 'network' | 'local'
  /** How far the answer is checked by other tabs; `sampled` by default. */
  grade?: Grade
  /** Where the app keeps it: what checks find later is written there. */
  place?: AnswerPlace
}

/** Events in order; after `end` or a throw there are no more. */
export type GenerateEvent =
  | { type: 'search-start'; answer: AnswerRecord }
  /**
   * Every node is full, and the answer waits; told again as that changes. `position` is the place in
   * one node's queue, 1 the next, or null where no queue has room: then all are asked again.
   */
  | { type: 'queued'; position: number | null; aboutMs: number }
  | {
      type: 'node-chosen'
      nodePeerId: string
      /** Null on this device. */
      quote: Quote | null
      nonce: Uint8Array
      /** Of the prompt as the model reads it. */
      inputTokens: number
      droppedMessages: number
    }
  /** What the node is owed by now, where that does not follow from its tokens alone. */
  | { type: 'cost'; nodePeerId: string; costWei: bigint }
  /**
   * Another one goes on behind `tokens` and `text`, or the iteration throws. That is less than had come
   * where its receipt was false.
   */
  | { type: 'node-lost'; nodePeerId: string; tokens: number; text: string; error: WeftErrorData }
  | ({ type: 'delta'; nodePeerId: string } & Delta)
  /** Of a quorum: what the tabs that are not shown have said by now, and where they part from the shown one. */
  | { type: 'quorum'; quorum: QuorumRecord }
  /** Of a quorum: from `atToken` on most say something else, or the shown tab is lost, so another one is shown. */
  | { type: 'turned'; atToken: number; answer: AnswerRecord }
  | { type: 'end'; receipt: Receipt | null; answer: AnswerRecord }

export type EmbedRequest = {
  /** Of a model whose manifest says `task: 'embedding'`. */
  modelCid: string
  texts: readonly string[]
}

/** Inputs of a graph, or what it gave, by name. */
export type GraphFeeds = Record<string, GraphTensor>

export type RunRequest = {
  /** ONNX, up to 512 MiB, which stays the caller's; or a model's CID. */
  graph: Uint8Array | string
  feeds: GraphFeeds
  /** Outputs that are wanted; all by default. */
  fetches?: readonly string[]
}

export type TranscribeRequest = {
  /** Of a model whose manifest says `task: 'speech'`. */
  modelCid: string
  /** One channel at 16 kHz, from -1 to 1, half an hour at most. */
  audio: Float32Array
}

export interface Client {
  /**
   * Answers a chat. An aborted signal ends it with `finishReason: 'cancelled'` and does not throw.
   * @throws WeftError `protocol/empty-prompt`, `protocol/too-large`, `engine/prompt-too-long`,
   *   `sdk/no-nodes`, `sdk/too-dear`, `sdk/only-false`, `sdk/none-registered`, `sdk/busy`, `network/*`, `protocol/receipt`; its `facts` say what it cost and what to do
   */
  generate(request: GenerateRequest, options?: WaitOptions): AsyncIterable<GenerateEvent>
  /**
   * Vectors of texts, float32 [width] at Euclidean length 1, computed on this device, which fetches and loads the
   * model at the first call.
   * @throws WeftError `sdk/unknown-model`, `sdk/wrong-task`, `engine/prompt-too-long`, `storage/*`; CancelledError
   */
  embed(request: EmbedRequest, options?: WaitOptions): Promise<Embeddings>
  /**
   * Runs a graph on this device, see `WeftClient.run`.
   * @throws WeftError `sdk/unknown-model`, `engine/bad-feeds`, `engine/bad-fetches`, `engine/bad-graph`,
   *   `protocol/too-large`, `storage/*`; CancelledError
   */
  run(request: RunRequest, options?: WaitOptions): Promise<GraphFeeds>
  /**
   * Writes down what is said, on this device, see `WeftClient.transcribe`.
   * @throws WeftError `sdk/unknown-model`, `sdk/wrong-task`, `engine/bad-audio`, `engine/*`, `storage/*`; CancelledError
   */
  transcribe(request: TranscribeRequest, options?: TranscribeOptions): Promise<SpeechSegment[]>
  /** Computes a finished answer again on this device, same seed, and compares token by token. */
  recheck(answer: AnswerRecord, options?: WaitOptions): Promise<RecheckRecord>
  /**
   * Has other tabs check a signed answer, by lot, until what they say is enough. They read the conversation.
   * @throws WeftError `sdk/nothing-to-check`, `sdk/no-verifiers`; the reason of the last one that was asked
   */
  check(answer: AnswerRecord, options?: WaitOptions): Promise<CheckRecord>
  /**
   * Tells of checks that go on behind an answer's end. Where it has a place, that is written there as well.
   * @returns stops telling
   */
  onCheck(listener: (change: AnswerChange) => void): () => void
}

/** What this browser remembers of other tabs: their speed, and who failed it or lied to it. */
export interface Peers {
  /** How many. */
  readonly remembered: Cell<number>
  /** PeerIds of those that most of the asked verifiers found to answer falsely; they get no jobs from this browser. */
  readonly falseNodes: Cell<ReadonlySet<string>>
  forget(): Promise<void>
}

export type History = Pick<HistoryStore, 'list' | 'get' | 'put' | 'remove'>
