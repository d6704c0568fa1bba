import { createNodeNetwork, type NodeNetwork } from '@weft/network/testing'
import {
  type AuditResponse,
  type ChatManifest,
  checkVerdict,
  defaultSampling,
  findingHash,
  signVerdict,
  type Thresholds,
  type Verdict,
} from '@weft/protocol'
import type { AnswerRecord } from '@weft/storage'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { createNodeMemory } from '../node-memory.ts'
import { openRoad } from '../testing/road-stage.ts'
import { askVerifier } from './ask-verifier.ts'
import { checkAnswers } from './check-answer.ts'

const road = await openRoad()
const { client, engine, request, relayAddresses } = road
const { modelCid } = request
const thresholds: Thresholds = {
  marginClip: 1,
  windows: [{ tokens: 32, suspicious: 0.002, failed: 0.004 }],
  fingerprint: null,
}
const manifest: ChatManifest = { ...(road.manifest as ChatManifest), thresholds }

const verifiers: { network: NodeNetwork['network']; stop(): Promise<void> }[] = []

/** A tab that checks, and how it does. */
async function openVerifier(
  check = ({ network, privateKey }: NodeNetwork) =>
    checkAnswers({ network, engine, modelCid, manifest, privateKey, isBusy: () => false }),
): Promise<string> {
  const opened = await createNodeNetwork({ relays: relayAddresses })
  const { network } = opened
  const stopChecking = check(opened)
  const announcement = network.announce({ verifies: [modelCid] })
  verifiers.push({
    network,
    async stop() {
      stopChecking()
      await announcement.stop()
      await network.stop()
    },
  })
  await vi.waitFor(
    async () =>
      expect(await client.findOffers({ role: 'verifies', modelCid })).toHaveLength(
        verifiers.length,
      ),
    { timeout: 10_000 },
  )
  return network.peerId
}

const ask = (answer: AnswerRecord, memory = createNodeMemory()) =>
  askVerifier({ network: client, memory, manifestOf: () => manifest }, answer)

async function answerOf(change: Parameters<typeof road.startServing>[0] = {}) {
  road.startServing(change)
  try {
    return (await road.collect({ sampling: defaultSampling, maxTokens: 64 })).end.answer
  } finally {
    await road.stopServing()
  }
}

const honestAnswer = await answerOf()

beforeEach(async () => {
  for (const verifier of verifiers.splice(0)) await verifier.stop()
})
afterAll(async () => {
  for (const verifier of verifiers.splice(0)) await verifier.stop()
  await road.close()
})

test('an honest answer passes, and the verdict is signed by who found so', async () => {
  const verifierPeerId = await openVerifier()
  const check = await ask(honestAnswer)
  expect(check).toMatchObject({ verifierPeerId, outcome: 'passed', firstToken: 0 })
  expect(check.margins.length - honestAnswer.tokens.length).toBe(
    honestAnswer.finishReason === 'stop' ? 1 : 0,
  )
  expect(Math.max(...check.margins)).toBeLessThan(1e-3)
  expect(() => checkVerdict(check.verdict)).not.toThrow()
  expect(() => checkVerdict({ ...check.verdict, isFalse: true })).toThrow()
})

test('a node that samples hotter than it was asked to is found out', async () => {
  await openVerifier()
  const hot: Parameters<typeof road.startServing>[0] = {
    engine: {
      measurePrompt: (init) => engine.measurePrompt(init),
      generate: (init, options) =>
        engine.generate({ ...init, sampling: { ...init.sampling, temperature: 2 } }, options),
    },
  }
  const memory = createNodeMemory()
  const check = await ask(await answerOf(hot), memory)
  expect(check.outcome).toBe('failed')
  expect(check.verdict.isFalse).toBe(true)
  expect(memory.isLiar(road.node.peerId)).toBe(true)
})

test('what nobody signed, nobody checks, or is not what was signed, has no verdict', async () => {
  await expect(ask({ ...honestAnswer, receipt: null })).rejects.toMatchObject({
    code: 'sdk/nothing-to-check',
  })
  await expect(ask(honestAnswer)).rejects.toMatchObject({ code: 'sdk/no-verifiers' })
  await openVerifier()
  const tokens = honestAnswer.tokens.with(3, 1)
  await expect(ask({ ...honestAnswer, tokens })).rejects.toMatchObject({ code: 'protocol/receipt' })
})

test('a model that nobody has calibrated is not judged', async () => {
  await openVerifier(({ network, privateKey }) => {
    const { thresholds: _, ...bare } = manifest
    return checkAnswers({
      network,
      engine,
      modelCid,
      manifest: bare,
      privateKey,
      isBusy: () => false,
    })
  })
  await expect(ask(honestAnswer)).rejects.toMatchObject({
    code: 'verification/not-calibrated',
  })
})

type Said = Extract<AuditResponse, { type: 'verdict' }>

const signing =
  (change: (said: Said) => Partial<Verdict>) =>
  (said: Said, { privateKey }: NodeNetwork): Said => ({
    ...said,
    verdict: signVerdict({ ...said.verdict, ...change(said) }, privateKey),
  })

test.each<[string, (said: Said, opened: NodeNetwork) => Said]>([
  ['another receipt', signing(() => ({ receiptId: new Uint8Array(32) }))],
  ['another finding', signing(() => ({ finding: new Uint8Array(32) }))],
  ['the contrary of its finding', signing(({ verdict }) => ({ isFalse: !verdict.isFalse }))],
  [
    'what does not follow from its margins',
    (said, opened) => {
      const finding = { ...said.finding, outcome: 'failed' as const }
      const change = { isFalse: true, finding: findingHash(finding) }
      return signing(() => change)({ ...said, finding }, opened)
    },
  ],
  [
    'nothing',
    (said) => ({ ...said, verdict: { ...said.verdict, signature: new Uint8Array(64).fill(1) } }),
  ],
])('a verifier that signs %s is a liar, and another one is asked', async (_name, lie) => {
  const liar = await openVerifier((opened) =>
    checkAnswers({
      network: {
        handleAudits: (handler) =>
          opened.network.handleAudits(async (asked, asker) => {
            const response = await handler(asked, asker)
            if (response.type !== 'verdict') return response
            return lie(response, opened)
          }),
      },
      engine,
      modelCid,
      manifest,
      privateKey: opened.privateKey,
      isBusy: () => false,
    }),
  )
  const memory = createNodeMemory()
  await expect(ask(honestAnswer, memory)).rejects.toMatchObject({ code: 'sdk/false-verdict' })
  expect(memory.isLiar(liar)).toBe(true)
  const honest = await openVerifier()
  expect(await ask(honestAnswer, memory)).toMatchObject({
    verifierPeerId: honest,
    outcome: 'passed',
  })
})
