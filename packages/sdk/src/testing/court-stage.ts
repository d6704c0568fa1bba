/**
 * A real chain with a court, a node with stake, verifiers with seats, and clients, over real streams and with real
 * weights.
 * @module
 */
import 'fake-indexeddb/auto'
import type { Network } from '@weft/network'
import { createNodeNetwork, type NodeNetwork } from '@weft/network/testing'
import { registryRoles } from '@weft/payments/chain'
import { startDevelopmentChain } from '@weft/payments/testing'
import {
  type AuditRequest,
  type AuditResponse,
  addressFromPeerId,
  type ChatManifest,
  findingHash,
  type Hex,
  type PrivateKey,
  receiptId,
  signVerdict,
  type Thresholds,
} from '@weft/protocol'
import {
  type AnswerRecord,
  createBrowserStores,
  openDatabase,
  openGivenAnswers,
} from '@weft/storage'
import { askVerifier, claimOf } from '../checking/ask-verifier.ts'
import { type CheckedAnswer, checkAnswers } from '../checking/check-answer.ts'
import type { CourtRecord } from '../checking/court-records.ts'
import { createTabCourt, type OpenCourt } from '../checking/tab-court.ts'
import { createNodeMemory, type NodeMemory } from '../node-memory.ts'
import type { GivenClaim, ServeInit } from '../serve.ts'
import { openRoad } from './road-stage.ts'
import { until } from './until.ts'

type ChainRules = Parameters<typeof startDevelopmentChain>[0]

const thresholds: Thresholds = {
  marginClip: 1,
  windows: [{ tokens: 32, suspicious: 0.002, failed: 0.004 }],
  fingerprint: null,
}

export type CourtStage = Awaited<ReturnType<typeof openCourtStage>>
export type StageVerifier = Awaited<ReturnType<CourtStage['openVerifier']>>

type Person = Pick<NodeNetwork, 'network' | 'privateKey'>

/** As a tab has it: its court outlives a reload, since what it keeps does. */
type Member = { opened: OpenCourt; memory: NodeMemory; reopen(): Promise<OpenCourt> }

export async function openCourtStage(rules: ChainRules) {
  const [road, chain] = await Promise.all([openRoad(), startDevelopmentChain(rules)])
  const { request, engine, relayAddresses } = road
  const { modelCid } = request
  const manifest: ChatManifest = { ...(road.manifest as ChatManifest), thresholds }
  const manifestOf = () => manifest
  const ends: (() => Promise<void>)[] = []
  /** Twice as warm as it was asked to be. */
  const hot: ServeInit['engine'] = {
    measurePrompt: (init) => engine.measurePrompt(init),
    generate: (init, options) =>
      engine.generate({ ...init, sampling: { ...init.sampling, temperature: 2 } }, options),
  }

  async function goToCourt({ network, privateKey }: Person): Promise<Member> {
    const memory = createNodeMemory()
    const database = await openDatabase(`court-${crypto.randomUUID()}`)
    const kept = createBrowserStores(database)
    const ledgers = { open: (owner: string) => kept.ledgers.open<CourtRecord>(owner) }
    const open = async () => {
      const answers = { open: (owner: string) => openGivenAnswers(kept.givenAnswers, owner) }
      const opened = createTabCourt({ network, memory, privateKey, ledgers, answers, manifestOf })
      await opened.court.use(await chain.court(privateKey))
      return opened
    }
    const member: Member = {
      opened: await open(),
      memory,
      async reopen() {
        await member.opened.close()
        member.opened = await open()
        return member.opened
      },
    }
    ends.push(() => member.opened.close())
    return member
  }

  async function sitDown(privateKey: PrivateKey): Promise<void> {
    const { minimumStake = 100n * 10n ** 18n } = rules ?? {}
    const roles = registryRoles.verify
    const { operator, court } = await chain.enrol(privateKey, { roles, stakeWei: minimumStake })
    await court.takeSeat(operator)
  }

  return {
    ...road,
    chain,
    manifest,
    modelCid,
    goToCourt,
    /** A tab that checks what it is asked to, with a seat and coins or with neither. */
    async openVerifier({ hasSeat = true } = {}) {
      const tab = await createNodeNetwork({ relays: relayAddresses })
      const { network, privateKey } = tab
      if (hasSeat) await sitDown(privateKey)
      const member = Object.assign(await goToCourt(tab), {
        liesTo: async (): Promise<boolean> => false,
      } as {
        /** Where it finds nothing wrong, whatever there is, for any court that is asked for. */
        liesTo(request: AuditRequest, askerPeerId: string): Promise<boolean>
      })
      const onEnd = (checked: CheckedAnswer | null) => {
        if (!checked?.testimony) return
        const { request: about, testimony, askerPeerId } = checked
        void member.opened.checked(about, { ...testimony, askerPeerId })
      }
      const handleAudits: Network['handleAudits'] = (handler) =>
        network.handleAudits(async (request, from) =>
          (await member.liesTo(request, from.peerId)) ? lie(tab, request) : handler(request, from),
        )
      const check = () =>
        checkAnswers({
          ...{ network: { handleAudits }, engine, modelCid, manifest, privateKey, onEnd },
          isBusy: () => false,
          court: () => member.opened.view(),
        })
      let stopChecking = check()
      let announcement = network.announce({ verifies: [modelCid] })
      const away = async () => {
        stopChecking()
        await announcement.stop()
      }
      ends.push(async () => {
        await away()
        await network.stop()
      })
      return Object.assign(member, {
        network,
        privateKey,
        address: addressFromPeerId(network.peerId),
        away,
        back() {
          stopChecking = check()
          announcement = network.announce({ verifies: [modelCid] })
        },
      })
    },
    /** A tab that only asks. */
    async openClient() {
      const tab = await createNodeNetwork({ relays: relayAddresses })
      ends.push(() => tab.network.stop())
      return Object.assign(await goToCourt(tab), tab)
    },
    async untilVerifiers(count: number) {
      await until(
        async () => (await road.client.findOffers({ role: 'verifies', modelCid })).length === count,
        `verifiers are there: ${count}`,
      )
    },
    /** An answer of the node, hotter than it was asked for where it cheats. */
    async answer({
      isCheating,
      onAnswer = () => {},
    }: {
      isCheating: boolean
      onAnswer?: (claim: GivenClaim) => void
    }) {
      road.startServing({ ...(isCheating ? { engine: hot } : {}), onAnswer })
      try {
        return (await road.collect({ maxTokens: 64 })).end.answer
      } finally {
        await road.stopServing()
      }
    },
    /** A verifier is asked by the client: any, or this one. */
    check: (answer: AnswerRecord, verifier?: { address: Hex }) =>
      askVerifier(
        { network: road.client, memory: createNodeMemory(), manifestOf },
        claimOf(answer),
        { without: [], drawn: verifier ? [verifier.address] : null },
      ),
    async close() {
      await Promise.all(ends.map((end) => end()))
      await Promise.all([road.close(), chain.stop()])
    },
  }
}

function lie(
  { network, privateKey }: NodeNetwork,
  { receipt, court }: AuditRequest,
): AuditResponse {
  const { outputTokens, inputTokens } = receipt
  const margins = new Uint8Array(4 * outputTokens)
  const finding = { outcome: 'passed' as const, inputTokens, margins, likenesses: [] }
  const about = { receiptId: receiptId(receipt), isFalse: false, finding: findingHash(finding) }
  const verdict = signVerdict({ verifierPeerId: network.peerId, ...about, court }, privateKey)
  return { type: 'verdict', verdict, finding }
}
