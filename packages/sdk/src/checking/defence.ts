/**
 * An accused tab defends itself: it calls the larger panel, shows it what it has answered, and ends the case when its
 * time is over.
 * @module
 */
import type { Hex } from '@weft/protocol'
import type { GivenAnswers } from '@weft/storage'
import { type AdvanceInit, awaitEnd } from './advance-case.ts'
import { newCase, type OpenCase } from './court-records.ts'
import type { Accusation } from './court-state.ts'
import type { CourtView } from './court-view.ts'

/**
 * Against a panel that was drawn badly the larger one is called at once, whoever sits before this tab: an honest
 * node gets its stake back, and one that has cheated loses little more than it has lost already.
 * @throws what the last appeal that failed has thrown; the others are made all the same
 */
export async function defend(
  send: Pick<CourtView['send'], 'defend'>,
  accusations: readonly Accusation[],
): Promise<void> {
  let problem: unknown
  for (const { id, stage, endsAtMs } of accusations) {
    if (stage !== 'accused' || Date.now() >= endsAtMs) continue
    await send.defend(id).catch((error: unknown) => {
      problem = error
    })
  }
  if (problem) throw problem
}

export type DefenceInit = AdvanceInit & { answers: Pick<GivenAnswers, 'get'> }

export type Defence = {
  /**
   * A step of each case that was appealed: whoever accused this tab has no reason to show its answer to anybody.
   * @throws what the last one that failed has thrown; the others go on all the same
   */
  advance(accusations: readonly Accusation[], signal: AbortSignal): Promise<void>
}

export function createDefence(init: DefenceInit): Defence {
  /** With what the panel has said so far. */
  const cases = new Map<Hex, OpenCase>()

  async function open(id: Hex): Promise<OpenCase | null> {
    const kept = await init.answers.get(id)
    if (!kept) return null
    // It never sits in its own panel, so it says nothing itself.
    return newCase(kept, new Uint8Array(32))
  }

  async function step(id: Hex, signal: AbortSignal): Promise<void> {
    const known = cases.get(id) ?? (await open(id))
    if (!known) return
    const onChain = await init.court.readCase(id)
    if (onChain.stage !== 'appealed') return
    const { request, ...next } = await awaitEnd(init, known, onChain, signal)
    if (request) cases.set(id, { ...next, request })
    else cases.delete(id)
  }

  return {
    async advance(accusations, signal) {
      const appealed = accusations.filter(({ stage }) => stage === 'appealed')
      const steps = await Promise.allSettled(appealed.map(({ id }) => step(id, signal)))
      const failed = steps.find(({ status }) => status === 'rejected')
      if (failed?.status === 'rejected') throw failed.reason
    },
  }
}
