/**
 * A road beside tabs that check answers: honest ones on the road's engine, and those that lie.
 * @module
 */
import { createNodeNetwork, type NodeNetwork } from '@weft/network/testing'
import {
  type AuditResponse,
  addressFromPeerId,
  type ChatManifest,
  defaultSampling,
  findingHash,
  freePrice,
  type Hex,
  type Outcome,
  signVerdict,
  type Thresholds,
} from '@weft/protocol'
import { type CheckingInit, checkAnswers } from '../checking/check-answer.ts'
import type { CourtView } from '../checking/court-view.ts'
import { type ServeInit, serve } from '../serve.ts'
import { openRoad } from './road-stage.ts'
import { until } from './until.ts'

type Said = Extract<AuditResponse, { type: 'verdict' }>
/** What a verifier says instead of what it found. */
export type Lie = (said: Said, opened: NodeNetwork) => Said

const thresholds: Thresholds = {
  marginClip: 1,
  windows: [{ tokens: 32, suspicious: 0.002, failed: 0.004 }],
  fingerprint: null,
}

/** In the lie, outcome and margins fit together: only other verifiers can tell. */
export function says(outcome: Exclude<Outcome, 'suspicious'>): Lie {
  return (said, { privateKey }) => {
    const margin = outcome === 'failed' ? 1 : 0
    const margins = new Float32Array(said.finding.margins.length / 4).fill(margin)
    const finding = { ...said.finding, outcome, margins: new Uint8Array(margins.buffer) }
    const isFalse = outcome === 'failed'
    const verdict = { ...said.verdict, isFalse, finding: findingHash(finding) }
    return { ...said, finding, verdict: signVerdict(verdict, privateKey) }
  }
}

export async function openCheckingStage() {
  const road = await openRoad()
  const { client, engine, request, relayAddresses } = road
  const { modelCid } = request
  const manifest: ChatManifest = { ...(road.manifest as ChatManifest), thresholds }
  let verifiers: { stop(): Promise<void> }[] = []
  const nodes: { stop(): Promise<void> }[] = []

  const close = async () => {
    await Promise.all(verifiers.splice(0).map((verifier) => verifier.stop()))
  }
  return {
    ...road,
    manifest,
    /** @returns its PeerId, once it can be found */
    async openVerifier({
      lie = (said) => said,
      model = manifest,
      courtOf,
      onEnd = () => {},
    }: {
      lie?: Lie
      model?: ChatManifest
      /** A court, as the tab with this address sees it. */
      courtOf?: (address: Hex) => CourtView
      onEnd?: CheckingInit['onEnd']
    } = {}): Promise<string> {
      const opened = await createNodeNetwork({ relays: relayAddresses })
      const { network, privateKey } = opened
      const stopChecking = checkAnswers({
        network: {
          handleAudits: (handler) =>
            network.handleAudits(async (asked, asker) => {
              const response = await handler(asked, asker)
              return response.type === 'verdict' ? lie(response, opened) : response
            }),
        },
        engine,
        modelCid,
        manifest: model,
        privateKey,
        isBusy: () => false,
        court: () => courtOf?.(addressFromPeerId(network.peerId)) ?? null,
        onEnd,
      })
      const announcement = network.announce({ verifies: [modelCid] })
      const { peerId } = network
      const verifier = {
        async stop() {
          verifiers = verifiers.filter((each) => each !== verifier)
          stopChecking()
          await announcement.stop()
          await network.stop()
        },
      }
      verifiers.push(verifier)
      await until(async () => {
        const offers = await client.findOffers({ role: 'verifies', modelCid })
        return offers.some(({ registration }) => registration.peerId === peerId)
      }, 'the verifier is offered')
      return peerId
    },
    /** All that were opened are gone, from the directory as well. */
    async closeVerifiers(): Promise<void> {
      await close()
      await until(
        async () => (await client.findOffers({ role: 'verifies', modelCid })).length === 0,
        'no verifier is offered',
      )
    },
    /** One more that serves, as `change` says. @returns once it can be found */
    async openNode(change: Partial<ServeInit> = {}) {
      const { network, privateKey } = await createNodeNetwork({ relays: relayAddresses })
      const stopServing = serve({
        network,
        engine,
        privateKey,
        manifest: road.manifest,
        engineInfo: road.info,
        charge: null,
        maxJobs: 2,
        onEvent: () => {},
        ...change,
      })
      const model = { modelCid, price: freePrice, engine: road.info, tokensPerSecond: 100 }
      const announcement = network.announce({ models: [model], maxJobs: 2 })
      const { peerId } = network
      await until(async () => {
        const offers = await client.findOffers({ role: 'models', modelCid })
        return offers.some(({ registration }) => registration.peerId === peerId)
      }, 'the node is offered')
      const node = {
        peerId,
        async stop() {
          await announcement.stop()
          await stopServing()
          await network.stop()
        },
      }
      nodes.push(node)
      return node
    },
    async closeNodes(): Promise<void> {
      await Promise.all(nodes.splice(0).map((node) => node.stop()))
    },
    /** An answer of the road's one node, who serves as `change` says. */
    async answerOf(change: Partial<ServeInit> = {}) {
      road.startServing(change)
      try {
        return (await road.collect({ sampling: defaultSampling, maxTokens: 64 })).end.answer
      } finally {
        await road.stopServing()
      }
    },
    /** Serves hotter than it is asked to. */
    hot: {
      engine: {
        measurePrompt: (init) => engine.measurePrompt(init),
        generate: (init, options) =>
          engine.generate({ ...init, sampling: { ...init.sampling, temperature: 2 } }, options),
      },
    } satisfies Partial<ServeInit>,
    async close() {
      await close()
      await this.closeNodes()
      await road.close()
    },
  }
}
