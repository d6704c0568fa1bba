/**
 * A client of the storm: asks by the real half of the road, reads as it likes, and judges what came.
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises'
import { createNodeNetwork } from '@weft/network/testing'
import {
  addressFromPeerId,
  type Delta,
  type Manifest,
  manifestCid,
  WeftError,
  type WeftErrorData,
} from '@weft/protocol'
import {
  createAnswerChecks,
  createNodeMemory,
  dieLots,
  type GenerateEvent,
  generate,
  type Lots,
  lotsOrDie,
} from '@weft/sdk/testing'
import { goToCourt, type StormPlace } from './court-place.ts'
import { type Heard, judge } from './judge.ts'
import { promptFor } from './light-model.ts'
import { type Ask, asksOf } from './plan.ts'
import type { Outcome } from './worker-messages.ts'

export type ClientPeer = {
  connections(): number
  /** Asks one question after the other. @returns when the signal has aborted and the last has ended */
  ask(resting: AbortSignal, onOutcome: (outcome: Outcome) => void): Promise<void>
  stop(): Promise<void>
}

export type ClientPeerInit = {
  id: string
  seed: number
  manifest: Manifest
  place: StormPlace
  /** PeerIds of the verifiers of its coalition: it has them look at each answer of its. Null for an honest one. */
  friends: readonly string[] | null
}

/** An answer that has not ended by then hangs: a minute, and what a slow node and reader take. */
const patienceMs = 60_000
const slowestTokenMs = 200

export async function openClientPeer(init: ClientPeerInit): Promise<ClientPeer> {
  const { id, seed, manifest, place, friends } = init
  const { network, libp2p, privateKey } = await createNodeNetwork({ relays: place.relays })
  const memory = createNodeMemory()
  const court = await goToCourt(place.court, { network, privateKey, memory, manifest })
  const manifestOf = () => manifest
  const checks = createAnswerChecks({
    ...{ network, memory, manifestOf },
    lots: friends ? friendsAlone(friends) : lotsOrDie(() => court?.lots() ?? null, dieLots(0)),
    court: () => court?.view() ?? null,
    waiting: async () => [],
    keep: async () => {},
  })
  const components = {
    peerId: network.peerId,
    network,
    memory,
    manifestOf,
    ...(court ? { checks } : {}),
    localEngine: () => Promise.reject(new WeftError('bench/no-engine', 'A client has no engine.')),
  }
  const modelCid = manifestCid(manifest)

  async function hear(ask: Ask): Promise<Omit<Outcome, 'clientId' | 'question'>> {
    const askedAtMs = Date.now()
    const stop = new AbortController()
    const heard: Heard = {
      asked: null,
      deltas: [],
      end: null,
      hasCancelled: false,
      isHung: false,
    }
    const losses: Outcome['losses'] = []
    let error: WeftErrorData | null = null
    let firstTokenMs: number | null = null
    let decodeMs = 0
    const cancel = () => {
      heard.hasCancelled = true
      stop.abort()
    }
    const take = (event: GenerateEvent) => {
      if (event.type === 'node-chosen') heard.asked = { job, nonce: event.nonce }
      if (event.type === 'delta') heard.deltas.push(event)
      if (event.type === 'node-lost') {
        const { nodePeerId, error: lost, tokens: had } = event
        losses.push({ nodePeerId, code: lost.code, tokens: had, gapMs: null })
        heard.deltas = beginning(heard.deltas, event)
      }
      if (event.type === 'end') heard.end = event.answer
    }
    const request = {
      modelCid,
      messages: promptFor(ask.words),
      maxTokens: ask.maxTokens,
      where: 'network' as const,
    }
    const events = generate(components, request, { signal: stop.signal })
    const patience = setTimeout(
      () => {
        heard.isHung = true
        stop.abort()
      },
      patienceMs + ask.words * (slowestTokenMs + ask.readMs),
    )
    const first = await events.next()
    if (first.done || first.value.type !== 'search-start') throw new Error('no start')
    const { job } = first.value.answer
    if (ask.cancelAfter === 0) cancel()
    let tokens = 0
    try {
      for await (const event of events) {
        take(event)
        if (event.type === 'end') {
          firstTokenMs = event.answer.firstTokenMs
          decodeMs = event.answer.decodeMs
          event.answer.handovers.forEach(({ gapMs }, at) => {
            const loss = losses[at]
            if (loss) loss.gapMs = gapMs
          })
        }
        if (event.type !== 'delta') continue
        tokens += event.tokens.length
        if (ask.cancelAfter !== null && tokens >= ask.cancelAfter) cancel()
        if (ask.readMs > 0) await wait(ask.readMs)
      }
    } catch (cause) {
      const told = WeftError.from(cause, 'bench/not-ours', 'The answer failed in another way.')
      error = told.toJSON()
    } finally {
      clearTimeout(patience)
    }
    return {
      ...judge(heard),
      askedAtMs,
      endedAtMs: Date.now(),
      firstTokenMs,
      decodeMs,
      isSlowReader: ask.readMs > 0,
      losses,
      error,
    }
  }

  return {
    connections: () => libp2p.getConnections().length,
    async ask(resting, onOutcome) {
      let question = 0
      for (const ask of asksOf(seed, id)) {
        await wait(ask.thinkMs, undefined, { signal: resting }).catch(() => {})
        if (resting.aborted) return
        onOutcome({ clientId: id, question, ...(await hear(ask)) })
        question += 1
      }
    },
    async stop() {
      checks.close()
      await court?.close()
      await network.stop()
    },
  }
}

/** Every answer is looked at, by nobody else. */
function friendsAlone(friends: readonly string[]): Lots {
  const drawn = friends.map(addressFromPeerId)
  return { lotOf: async () => ({ isSampled: true, drawn }) }
}

/** What is left of an answer when a node is lost: less than had come where its receipt was false. */
function beginning(
  deltas: readonly Delta[],
  { tokens, text }: { tokens: number; text: string },
): Delta[] {
  let chars = 0
  return deltas.filter((delta) => {
    chars += delta.text.length
    return delta.index + delta.tokens.length <= tokens && chars <= text.length
  })
}
