/**
 * Whether cheating pays, in one sentence: p x S > gain, with what is known now. How many of the checks that fall due
 * are made, and end in a conviction, is not: that is said.
 * @module
 */
import type { CourtState } from '@weft/sdk'
import { weft } from '../money/amounts.ts'

type CheatingInit = {
  rules: Pick<CourtState['rules'], 'sampleBps' | 'slashBps'>
  /** At stake for one node, in wei. */
  stakeWei: bigint
  /** What one answer is paid, in wei. */
  gainWei: bigint
}

/** What one false answer costs on average where each check convicts, in wei: the share that is checked of what is lost. */
export function expectedLossWei({ rules, stakeWei }: Omit<CheatingInit, 'gainWei'>): bigint {
  return (stakeWei * BigInt(rules.slashBps) * BigInt(rules.sampleBps)) / 100_000_000n
}

/**
 * @param whose - e.g. `A node with the stake of a seat`
 * @param answers - whose price it is, e.g. `the dearest answer checked here lately brought`; null where none is known
 */
export function cheatingWords(init: CheatingInit, whose: string, answers: string | null): string {
  const { rules, stakeWei, gainWei } = init
  const slashWei = (stakeWei * BigInt(rules.slashBps)) / 10_000n
  const lossWei = expectedLossWei(init)
  const checked = `One paid answer in ${share(rules.sampleBps)} is checked by lot. `
  if (slashWei === 0n)
    return `${checked}${whose} has nothing at stake, so nothing to lose by a false one.`
  const costs = `${checked}${whose} loses ${weft(slashWei)} when a court convicts it. If each of these checks is made and leads to that, a false answer costs it ${weft(lossWei)} on average`
  if (!answers) return `${costs}.`
  const isDear = lossWei <= gainWei
  return `${costs}; ${answers} ${gainWei === 0n ? 'nothing' : weft(gainWei)}. ${isDear ? 'Cheating would pay: more has to be at stake.' : 'Then cheating does not pay.'}`
}

/** The same as a formula: `0.1 × 50.00 WEFT = 5.00 WEFT > 0.01 WEFT`. */
export function cheatingFormula({ gainWei, ...init }: CheatingInit): string {
  const { rules, stakeWei } = init
  const slashWei = (stakeWei * BigInt(rules.slashBps)) / 10_000n
  const lossWei = expectedLossWei(init)
  const compared = gainWei > 0n ? ` ${lossWei > gainWei ? '>' : '≤'} ${weft(gainWei)}` : ''
  return `${rules.sampleBps / 10_000} × ${weft(slashWei)} = ${weft(lossWei)}${compared}`
}

/** e.g. 1,000 basis points: one in 10. */
function share(bps: number): string {
  const one = 10_000 / bps
  return Number.isInteger(one) ? `${one}` : one.toFixed(1)
}
