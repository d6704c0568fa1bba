/**
 * What was answered and proved on the screen, for as long as the page is open: connecting a wallet leads away from it.
 * @module
 */
import type { Proved } from '@weft/sdk/proved'
import { createStore } from '../site/store.ts'
import type { ProofFacts } from './proof-words.ts'
import { sampleAnswers } from './sample-answers.ts'

type KeptProof = { proved: Proved; facts: ProofFacts; of: bigint }

type ProvedVisit = {
  answers: readonly number[]
  proof: KeptProof | null
  /** Whoever comes to the wallet comes from here. */
  wantsWallet: boolean
}

export const provedVisit = createStore<ProvedVisit>({
  answers: sampleAnswers,
  proof: null,
  wantsWallet: false,
})

export function changeVisit(part: Partial<ProvedVisit>): void {
  provedVisit.update((now) => ({ ...now, ...part }))
}
