/**
 * A proof of what the model says, from another tab that offers it or from this one, looked at here and, where there is
 * one, by a third.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { Tab } from '@weft/sdk'
import type { Asked, Proved, ProveStage, Scores } from '@weft/sdk/proved'
import { shortPeerId } from '../row/summary.ts'
import { stageWords } from './stage-words.ts'
import type { ProvedTools } from './use-proved-model.ts'

export type ObtainedProof = {
  proved: Proved
  /** Who proved; null for this tab. */
  by: string | null
  proveMs: number
  /** Of this tab's own look. */
  checkMs: number
  /** Tabs that sent a proof that does not hold. */
  liars: readonly string[]
  /** What another tab said that looked at it; null where none does. */
  other: { peerId: string; isValid: boolean } | null
}

type ObtainInit = {
  tools: ProvedTools
  /** Null while it is opening. */
  tab: Pick<Tab, 'proofs' | 'peerId'> | null
  said: Scores
  purpose: Pick<Asked, 'domain' | 'request'>
  onStep: (step: string) => void
  signal: AbortSignal
  /** For all other tabs together, in milliseconds. */
  othersMs?: number
}

/** Of other tabs that prove: this one does it in some seconds, and one that stays silent is told by nothing else. */
const proversMs = 15_000
/** Of a second look, which nothing waits for. */
const otherMs = 15_000

/** @throws WeftError `web/false-proof` for one of this tab's own that does not hold; what the prover throws */
export async function obtainProof(init: ObtainInit): Promise<ObtainedProof> {
  const { tools, tab, said, purpose, onStep, signal, othersMs = proversMs } = init
  const { model, check } = tools
  const asked: Asked = { ...purpose, packedFeatures: said.packedFeatures }
  const liars: string[] = []
  let checkMs = 0
  let startedMs = performance.now()
  const holds = async (proved: Proved) => {
    onStep('Checking.')
    const { isValid, ms } = await check(proved, asked, { signal })
    checkMs = ms
    return isValid
  }

  async function fromOthers(): Promise<{ proved: Proved; peerId: string } | null> {
    if (!tab) return null
    const limit = AbortSignal.any([signal, AbortSignal.timeout(othersMs)])
    const question = { modelCid: model.cid, features: [...said.features], ...purpose }
    try {
      return await tab.proofs.ask(question, holds, {
        signal: limit,
        onAsked: (peerId) => {
          startedMs = performance.now()
          onStep(`Asking ${shortPeerId(peerId)} for a proof.`)
        },
        onLie: (peerId) => liars.push(peerId),
      })
    } catch (error) {
      if (signal.aborted) throw error
      // Nobody proves it, or nobody did in time: this tab can too.
      return null
    }
  }

  async function fromHere(): Promise<Proved> {
    startedMs = performance.now()
    const onStage = (stage: ProveStage) => onStep(stageWords[stage])
    const proved = await model.prove(said.features, purpose, { onStage, signal })
    if (await holds(proved)) return proved
    throw new WeftError(
      'web/false-proof',
      'The proof that this tab made does not hold. Nothing was sent. Reload the page.',
    )
  }

  onStep('Looking for a tab that offers this model.')
  const found = await fromOthers()
  const proved = found?.proved ?? (await fromHere())
  const by = found?.peerId ?? null
  const proveMs = performance.now() - startedMs - checkMs
  const other = tab ? await lookElsewhere({ tab, model, proved, by, onStep, signal }) : null
  return { proved, by, proveMs, checkMs, liars, other }
}

type LookInit = Pick<ObtainInit, 'onStep' | 'signal'> & {
  tab: NonNullable<ObtainInit['tab']>
  model: ProvedTools['model']
  proved: Proved
  by: string | null
}

async function lookElsewhere({ tab, model, proved, by, onStep, signal }: LookInit) {
  onStep('Having it looked at by another tab.')
  const limit = AbortSignal.any([signal, AbortSignal.timeout(otherMs)])
  const options = { signal: limit, without: by ? [by] : [] }
  return tab.proofs.check(model.cid, proved, options).catch((error: unknown) => {
    if (signal.aborted) throw error
    return null
  })
}
