/**
 * The verifier's switch: prepares a model, announces that its answers are checked here, and says what comes of it.
 * @module
 */
import type { Network } from '@weft/network'
import {
  bytesToHex,
  type ChatManifest,
  type PrivateKey,
  receiptId,
  WeftError,
} from '@weft/protocol'
import { type CatalogueEntry, findChatEntry } from '../catalogue.ts'
import { createCell } from '../cell.ts'
import type { PauseWatch } from '../pausing/pause-watch.ts'
import type { TabEngine } from '../tab-engine.ts'
import { type CheckedAnswer, checkAnswers, notCalibrated } from './check-answer.ts'
import type { OpenCourt } from './tab-court.ts'
import type { CheckState, Verifier, VerifierState, VerifyChoice } from './verifier-state.ts'

export type VerifierInit = {
  catalogue: readonly CatalogueEntry[]
  tabEngine: TabEngine
  network: Pick<Network, 'announce' | 'handleAudits' | 'status' | 'onStatus'>
  privateKey: PrivateKey
  /** Called while the person wants to check, paused or not. @returns ends that */
  attend: () => () => void
  pausing: Pick<PauseWatch, 'pause' | 'ready'>
  court: Pick<OpenCourt, 'view' | 'checked'>
  /** Whether this tab has other work now: answers that are paid come first. */
  isBusy: () => boolean
}

const offState: VerifierState = {
  phase: 'off',
  sentence: 'This device checks nothing. Switch it on to compute answers of other tabs again.',
  pause: null,
  modelCid: null,
  checks: [],
  passed: 0,
  suspicious: 0,
  failed: 0,
}

const maxShown = 30
/** An engine that breaks twice within this time is not started a third time by itself. */
const recoveryPauseMs = 60_000

export function createVerifier(init: VerifierInit): Verifier {
  const { network, tabEngine, catalogue, pausing } = init
  const state = createCell<VerifierState>(offState)
  const change = (part: Partial<VerifierState>) => state.set({ ...state.get(), ...part })
  let wanted: { choice: VerifyChoice; leave: () => void } | undefined
  let end: (() => Promise<void>) | undefined
  /** Of the last start or stop: it aborts the one before, which goes no further. */
  let latest = new AbortController()
  let recoveredAtMs = Number.NEGATIVE_INFINITY

  network.onStatus(() => {
    if (state.get().phase === 'idle') change({ sentence: idleSentence() })
  })
  pausing.pause.subscribe(() => {
    if (wanted) void begin(wanted.choice).catch(() => {}) // The state says what failed.
  })
  // A broken engine is loaded again once; when that does not hold, a person has to look.
  tabEngine.state.subscribe(() => {
    const now = tabEngine.state.get()
    if (!end || !wanted || now.phase !== 'failed') return
    const isFirst = performance.now() - recoveredAtMs > recoveryPauseMs
    recoveredAtMs = performance.now()
    if (isFirst) return void begin(wanted.choice).catch(() => {}) // The state says what failed.
    want(undefined)
    void finish()
    change({ phase: 'failed', sentence: `${now.error.message} It failed again after a new start.` })
  })

  function idleSentence(): string {
    const isOnline = network.status().relays.some((relay) => relay.state === 'online')
    return isOnline
      ? 'Ready and registered. Nobody asks for a check just now.'
      : 'Ready, but no relay answers: nobody can find this tab.'
  }

  function supersede(): AbortSignal {
    latest.abort()
    latest = new AbortController()
    return latest.signal
  }

  async function finish(): Promise<void> {
    const ending = end
    end = undefined
    await ending?.()
  }

  function listed({ request, testimony: _, ...checked }: CheckedAnswer): CheckState {
    const { receipt } = request
    const id = `${bytesToHex(receiptId(receipt))} ${checked.atMs}`
    const { nodePeerId, outputTokens: tokens, costWei } = receipt
    return { id, nodePeerId, tokens, costWei, ...checked }
  }

  function onEnd(checked: CheckedAnswer | null): void {
    if (!end) return
    change({ phase: 'idle', sentence: idleSentence() })
    if (!checked) return
    const { checks, ...counts } = state.get()
    const { outcome, request, askerPeerId, testimony } = checked
    const more = { [outcome]: counts[outcome] + 1 }
    change({ ...more, checks: [listed(checked), ...checks].slice(0, maxShown) })
    if (testimony) void init.court.checked(request, { ...testimony, askerPeerId })
  }

  function open({ modelCid }: VerifyChoice): void {
    const manifest = manifestOf(catalogue, modelCid)
    const release = tabEngine.hold()
    const { engine } = tabEngine
    const { privateKey, court, isBusy } = init
    const stopChecking = checkAnswers({
      ...{ network, engine, modelCid, manifest, privateKey, isBusy, onEnd },
      court: court.view,
      onStart: () =>
        change({ phase: 'checking', sentence: 'Computing an answer of another tab again.' }),
    })
    const announcement = network.announce({ verifies: [modelCid] })
    end = async () => {
      stopChecking()
      release()
      await announcement.stop()
    }
    change({ phase: 'idle', sentence: idleSentence(), pause: null, modelCid })
  }

  /** Prepares and opens, unless it pauses: then that is done when the pause ends. */
  async function begin(choice: VerifyChoice): Promise<void> {
    const signal = supersede()
    const { modelCid, backend } = choice
    await Promise.all([finish(), pausing.ready])
    if (signal.aborted) return
    const pause = pausing.pause.get()
    if (pause) return change({ phase: 'paused', sentence: pause.sentence, pause, modelCid })
    const sentence = 'Preparing the model on this device.'
    change({ phase: 'preparing', sentence, modelCid, pause: null })
    try {
      if (!manifestOf(catalogue, modelCid).thresholds) throw notCalibrated()
      await tabEngine.prepare(modelCid, backend, { signal })
      if (!signal.aborted) open(choice)
    } catch (error) {
      if (signal.aborted) return
      want(undefined)
      const { message } = WeftError.from(error, 'sdk/start', 'Checking could not start.')
      change({ phase: 'failed', sentence: message })
      throw error
    }
  }

  function want(choice: VerifyChoice | undefined): void {
    const leave = wanted?.leave
    if (choice) wanted = { choice, leave: leave ?? init.attend() }
    else {
      wanted = undefined
      leave?.()
    }
  }

  return {
    state,
    start(choice) {
      want(choice)
      return begin(choice)
    },
    async stop() {
      const signal = supersede()
      want(undefined)
      await finish()
      if (signal.aborted) return
      const { checks, passed, suspicious, failed } = state.get()
      state.set({ ...offState, checks, passed, suspicious, failed })
    },
  }
}

/** @throws WeftError `sdk/wrong-task` */
function manifestOf(catalogue: readonly CatalogueEntry[], modelCid: string): ChatManifest {
  const { manifest } = findChatEntry(catalogue, modelCid)
  if (manifest.task !== 'chat') throw new Error('An entry for chats has no other task.')
  return manifest
}
