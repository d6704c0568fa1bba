/**
 * What a proved score costs: in a tab that proves it, in one that checks it, on a chain, and in accuracy.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { createLendingWallet } from '@weft/payments/chain'
import { startDevelopmentChain } from '@weft/payments/testing'
import { answerOf, openProvedModel } from '@weft/sdk/proved'
import {
  circuitInputOf,
  featuresOf,
  networkOf,
  readPackage,
} from '@weft/verification/proved-models'
import type { ProofPage } from '../proof-page/proof-page.ts'
import { type Bench, type BenchOptions, type BenchReport, median, rounded } from './report.ts'
import { openStage } from './stage.ts'

declare global {
  interface Window {
    proofs: ProofPage
  }
}

type Row = { proveMs: number; verifyMs: number; gasVerify: number }

const leastRuns = 5
const answers = [2_600, 320, 5_000, 36, 48, 60, 4, 35, 0, 24, 1, 3_000, 9, 1, 20, 0]
const packagePath = new URL('../../../public/proved-models/loan-risk.json', import.meta.url)

export const zkml: Bench = {
  describe:
    'a score of a model with secret weights: proved and verified in a tab, told to a contract',
  goals: {
    proveMs: '<= 2500',
    verifyMs: '<= 30',
    gasVerify: '<= 400000',
    accuracyDropPercent: '<= 1',
  },
  async run({ runs }: BenchOptions): Promise<BenchReport> {
    const json = JSON.parse(await readFile(packagePath, 'utf8'))
    const found = readPackage(json)
    const { card, secret } = found
    const { hash, score } = openProvedModel(json, 'http://localhost')
    const chain = await startDevelopmentChain()
    const stage = await openStage('proofs')
    try {
      const commitment = BigInt(card.commitment)
      const example = { cardHash: hash, licence: card.licence, commitment }
      const lendingDesk = await chain.openLendingDesk(example)
      const { clients } = await chain.createWallet()
      const deployment = { ...chain.deployment, lendingDesk }
      const wallet = createLendingWallet({ ...clients, deployment })
      const model = { network: networkOf(found), salt: BigInt(secret.salt) }
      const features = featuresOf(card, answers)

      const page = await stage.openTab()
      await page.waitForFunction(() => 'proofs' in window)
      const rows: Row[] = []
      // The first fetches and compiles.
      for (let run = 0; run <= Math.max(runs, leastRuns); run += 1) {
        const id = await wallet.applyFor(score(answers).packedFeatures)
        const input = circuitInputOf({ ...model, features, ...(await wallet.purposeOf(id)) })
        const proving = await page.evaluate((of) => window.proofs.prove('mlp', of), input)
        const { proved } = proving
        const verified = await page.evaluate((of) => window.proofs.verify('mlp', of), proved)
        if (!verified.isValid) throw new Error('A proof did not hold.')
        const { gasUsed } = await wallet.prove(id, answerOf(proved))
        rows.push({ proveMs: proving.ms, verifyMs: verified.ms, gasVerify: Number(gasUsed) })
      }
      const [first, ...later] = rows
      const of = (name: keyof Row) => median(later.map((row) => row[name]))
      return {
        name: 'zkml',
        metrics: {
          proveMs: rounded(of('proveMs'), 0),
          verifyMs: rounded(of('verifyMs'), 1),
          gasVerify: of('gasVerify'),
          accuracyDropPercent: rounded(card.measured.accuracyDropPercent, 2),
          firstProveMs: rounded(first?.proveMs ?? 0, 0),
          firstVerifyMs: rounded(first?.verifyMs ?? 0, 0),
        },
        notes: [
          'proveMs and verifyMs are all that a page waits for, in workers that stay for 20 s; the first of each opens them.',
          'A tab of its own Chromium, cross-origin isolated; development keys.',
          'gasVerify is the whole transaction: calldata, the check, and the contract that acts on the score.',
          `Accuracy: of ${card.name}, on ${card.measured.rows} rows that neither training nor scales had seen.`,
        ],
      }
    } finally {
      await stage.close()
      await chain.stop()
    }
  },
}
