/**
 * One way of cheating, tried once: what it cost the honest side, and what is said that it costs at most.
 * @module
 */
import { type NodeLossBounds, nodeLossBounds } from '../../loss-bounds.ts'
import { paidPrice } from '../paid-stage.ts'
import { type MoneyStage, type StageChannel, type StageNode, smallPolicy } from './money-stage.ts'

export type Outcome = { lossWei: bigint; boundWei: bigint }

export type HostileCase = {
  /** Who cheats. */
  by: 'payer' | 'node'
  /** What it does, in words that go on after that. */
  what: string
  /** It gains nothing at all: the bound is 0. */
  isPrevented?: boolean
  /** @param random - from 0 to 1: when, how much, in which order */
  run(stage: MoneyStage, random: () => number): Promise<Outcome>
}

/** @returns a whole number from `least` to below `end` */
export function between(random: () => number, least: number, end: number): number {
  return least + Math.floor(random() * (end - least))
}

/** What a node has lost to the payer of a channel once it has redeemed all that it can. */
export async function nodeOutcome(
  channel: StageChannel,
  node: StageNode,
  { kind = 'unpaidWei', jobs = 1 }: { kind?: keyof NodeLossBounds; jobs?: number } = {},
): Promise<Outcome> {
  await node.redeem()
  const paidWei = await node.paidWei(channel)
  const deltaTokens = node.deltaTokens()
  const policy = smallPolicy
  const bounds = nodeLossBounds({ price: paidPrice, policy, deltaTokens, jobs, paidWei })
  return { lossWei: lost(node.deliveredWei(), paidWei), boundWei: bounds[kind] }
}

/** @returns 0 where there is no loss but a gain */
export function lost(givenWei: bigint, gotWei: bigint): bigint {
  return givenWei > gotWei ? givenWei - gotWei : 0n
}

/** @throws Error where something came true that must not */
export async function mustFail(attempt: Promise<unknown>, what: string): Promise<void> {
  const isDone = await attempt.then(
    () => true,
    () => false,
  )
  if (isDone) throw new Error(`It was possible ${what}.`)
}
