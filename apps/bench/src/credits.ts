/**
 * What a ticket of private credits takes: to prove and to verify in a tab, and to open a key with on a chain.
 * @module
 */
import { createCreditsReader, createCreditsWallet, relayTicket } from '@weft/payments/chain'
import { drawSecret, identityOf, proveTicket } from '@weft/payments/credits'
import { startDevelopmentChain } from '@weft/payments/testing'
import type { Hex } from '@weft/protocol'
import { artifacts, type CircuitInput, type Proved } from '@weft/verification/proofs'
import type { ProofPage } from '../proof-page/proof-page.ts'
import { type Bench, type BenchOptions, type BenchReport, median, rounded } from './report.ts'
import { openStage } from './stage.ts'

declare global {
  interface Window {
    proofs: ProofPage
  }
}

const leastRuns = 8
const count = 40

export const credits: Bench = {
  describe: 'a ticket of private credits: proved and verified in a tab, spent on a real chain',
  goals: {
    proveMs: '<= 1500',
    verifyMs: '<= 30',
    constraints: '<= 9000',
    gasOpen: '<= 420000',
  },
  async run({ runs }: BenchOptions): Promise<BenchReport> {
    const chain = await startDevelopmentChain()
    const stage = await openStage('proofs')
    try {
      const page = await stage.openTab()
      const proveMs: number[] = []
      const verifyMs: number[] = []
      const gas: number[] = []
      const prove = async (input: CircuitInput): Promise<Proved> => {
        const { proved, ms } = await page.evaluate(
          (given) => window.proofs.prove('credit', given),
          input,
        )
        proveMs.push(ms)
        const verified = await page.evaluate(
          (given) => window.proofs.verify('credit', given),
          proved,
        )
        if (!verified.isValid) throw new Error('A proof did not hold.')
        verifyMs.push(verified.ms)
        return proved
      }
      const buyer = await chain.createWallet()
      const relay = await chain.createWallet({ tokens: 0n })
      const secret = drawSecret()
      const purchase = { denomination: 0, identity: identityOf(secret), count }
      await createCreditsWallet(buyer.clients).buy(purchase)
      const reader = createCreditsReader(chain)
      const members = await reader.members(0)
      const at = { chainId: chain.chainId, contract: reader.contract, denomination: 0 }
      // The first fetches and compiles.
      for (let index = 0; index <= Math.min(Math.max(runs, leastRuns), count - 1); index += 1) {
        const key: Hex = `0x${(index + 1).toString(16).padStart(40, '0')}`
        const { timestamp } = await chain.reader.getBlock()
        const ticket = await proveTicket(
          { secret, index, at, members, key, aliveAt: timestamp + 3_600n },
          prove,
        )
        const { transaction } = await relayTicket(relay.clients, { denomination: 0, ticket, key })
        const { gasUsed } = await chain.reader.getTransactionReceipt({ hash: transaction })
        gas.push(Number(gasUsed))
      }
      return {
        name: 'credits',
        metrics: {
          proveMs: rounded(median(proveMs.slice(1)), 0),
          verifyMs: rounded(median(verifyMs.slice(1)), 1),
          constraints: artifacts.credit.constraints,
          gasOpen: median(gas.slice(1)),
          firstProveMs: rounded(proveMs[0] ?? 0, 0),
          firstVerifyMs: rounded(verifyMs[0] ?? 0, 0),
        },
        notes: [
          'proveMs and verifyMs are all that a page waits for, in workers that stay for 20 s; the first of each opens them.',
          'A tab of its own Chromium, cross-origin isolated; development keys; one member in the tree.',
        ],
      }
    } finally {
      await stage.close()
      await chain.stop()
    }
  },
}
