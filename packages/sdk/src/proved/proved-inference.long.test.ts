import { readFile } from 'node:fs/promises'
import { createLendingWallet, type ProofPurpose } from '@weft/payments/chain'
import { type DevelopmentChain, startDevelopmentChain } from '@weft/payments/testing'
import { createLocalProver, type Prover } from '@weft/verification/proofs'
import {
  cardHash,
  circuitInputOf,
  featuresOf,
  networkOf,
  readPackage,
} from '@weft/verification/proved-models'
import { toHex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSiteServer } from '../testing/site-server.ts'
import { answerOf, openProvedModel } from './proved-model.ts'

const inPublic = (path: string) => new URL(`../../../../public/${path}`, import.meta.url)
const json = JSON.parse(await readFile(inPublic('proved-models/loan-risk.json'), 'utf8'))
const found = readPackage(json)
const { card, secret } = found
const model = openProvedModel(json, 'http://127.0.0.1/')

/** Steady, with a small loan; and the same person with all of it the other way. */
const safe = [3_500, 100, 2_000, 48, 90, 80, 3, 20, 0, 24, 0, 6_000, 15, 0, 10, 1]
const risky = [1_200, 500, 9_000, 12, 3, 5, 8, 95, 6, 1, 6, 0, 1, 9, 80, 0]

let site: Awaited<ReturnType<typeof openSiteServer>>
let prover: Prover
let chain: DevelopmentChain
let contracts: Parameters<typeof createLendingWallet>[0]['deployment']

beforeAll(async () => {
  site = await openSiteServer()
  prover = createLocalProver(new URL('/', site.modelsUrl).href)
  chain = await startDevelopmentChain()
  const commitment = BigInt(card.commitment)
  const example = { cardHash: toHex(cardHash(card)), licence: card.licence, commitment }
  const lendingDesk = await chain.openLendingDesk(example)
  contracts = { ...chain.deployment, lendingDesk }
}, 60_000)
afterAll(() => Promise.all([chain.stop(), site.close()]))

async function newApplicant() {
  const { clients } = await chain.createWallet()
  return createLendingWallet({ ...clients, deployment: contracts })
}

function proveFor(answers: readonly number[], purpose: ProofPurpose) {
  const features = featuresOf(card, answers)
  const init = { network: networkOf(found), salt: BigInt(secret.salt), features, ...purpose }
  return prover.prove('mlp', circuitInputOf(init))
}

test('a proved score decides, within the gas that it may take', async () => {
  const wallet = await newApplicant()
  expect(await wallet.model()).toBe(model.hash)
  for (const [answers, decision] of [
    [safe, 'approved'],
    [risky, 'refused'],
  ] as const) {
    const said = model.score(answers)
    expect(card.classes[said.outcome]).toBe(decision === 'approved' ? 'repaid' : 'defaulted')
    const id = await wallet.applyFor(said.packedFeatures)
    expect(await wallet.decisionOf(id)).toBe('waiting')
    const proved = await proveFor(answers, await wallet.purposeOf(id))
    expect(await prover.verify('mlp', proved)).toBe(true)
    const { gasUsed } = await wallet.prove(id, answerOf(proved))
    // All of the transaction: calldata, the check, and what the desk writes.
    expect(Number(gasUsed)).toBeLessThanOrEqual(400_000)
    expect(await wallet.decisionOf(id)).toBe(decision)
    if (decision === 'approved') await wallet.draw(id)
    else await expect(wallet.draw(id)).rejects.toThrow('not approved')
  }
}, 120_000)

test('a proof that was changed, is of another chain, was there before, or is for somebody else is refused by name', async () => {
  const [wallet, other] = [await newApplicant(), await newApplicant()]
  const { packedFeatures } = model.score(risky)
  const [id, others] = [await wallet.applyFor(packedFeatures), await other.applyFor(packedFeatures)]
  const purpose = await wallet.purposeOf(id)
  const answer = answerOf(await proveFor(risky, purpose))
  const refused = (name: string) =>
    expect.objectContaining({ facts: expect.arrayContaining([expect.stringContaining(name)]) })

  // The score of a person who is repaid, under the proof of one who is not.
  const { x, y } = answer.proof.c
  for (const changed of [
    { ...answer, packedScores: answer.packedScores + (2n << 20n) },
    { ...answer, proof: { ...answer.proof, c: { x: y, y: x } } },
    { ...answer, proof: { ...answer.proof, a: { x: 0n, y: 0n } } },
  ]) {
    await expect(wallet.prove(id, changed)).rejects.toEqual(refused('InvalidProof'))
  }
  const foreign = answerOf(await proveFor(risky, { ...purpose, domain: purpose.domain + 1n }))
  await expect(wallet.prove(id, foreign)).rejects.toEqual(refused('ForeignProof'))
  const said = { ...foreign, domain: purpose.domain }
  await expect(wallet.prove(id, said)).rejects.toEqual(refused('InvalidProof'))
  await expect(other.prove(others, answer)).rejects.toEqual(refused('NotForThisRequest'))
  // A better applicant's features: proved, and not what this request is about.
  const better = answerOf(await proveFor(safe, purpose))
  await expect(wallet.prove(id, better)).rejects.toEqual(refused('InvalidProof'))

  await wallet.prove(id, answer)
  await expect(wallet.prove(id, answer)).rejects.toEqual(refused('AlreadyProved'))
}, 120_000)
