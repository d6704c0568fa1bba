/**
 * What a panel says: whoever of it is there is asked at once, and nobody who is silent holds up the others.
 * @module
 */
import type { Network } from '@weft/network'
import {
  addressFromPeerId,
  type Hex,
  type Manifest,
  type PrivateKey,
  pause,
  peerIdFromPrivateKey,
  receiptId,
  signVerdict,
  unlessAborted,
  type Verdict,
  WeftError,
} from '@weft/protocol'
import type { NodeMemory } from '../node-memory.ts'
import { opinionOf } from './ask-verifier.ts'
import type { OpenCase } from './court-records.ts'
import type { CourtView } from './court-view.ts'

export type AskPanelInit = {
  court: Pick<CourtView, 'court'>
  network: Pick<Network, 'findOffers' | 'audit'>
  memory: Pick<NodeMemory, 'failed' | 'lied'>
  privateKey: PrivateKey
  manifestOf(modelCid: string): Manifest
}

type AskPanelOptions = {
  panel: readonly Hex[]
  /** Whether what was said so far will do. */
  isEnough(said: readonly Verdict[]): boolean
  /** For all of it, where there is less time than a member gets to compute the answer again. */
  withinMs?: number
  /** For the others, after it is enough. */
  graceMs: number
}

/** For one member of a panel to compute the answer again, twice where it looks suspicious: as the road allows it. */
const memberMs = 180_000

/** @returns what those of a panel have said so far, this tab included */
export async function askPanel(
  { court, network, memory, privateKey, manifestOf }: AskPanelInit,
  { request, verdicts, finding, modelCid }: OpenCase,
  { panel, isEnough, withinMs = memberMs, graceMs }: AskPanelOptions,
  signal: AbortSignal,
): Promise<Verdict[]> {
  const said = new Map(verdicts.map((each) => [addressFromPeerId(each.verifierPeerId), each]))
  const own = addressFromPeerId(peerIdFromPrivateKey(privateKey))
  if (panel.includes(own)) said.set(own, sign())
  const ofPanel = () => panel.flatMap((address) => said.get(address) ?? [])
  const isMissing = (address: Hex) => panel.includes(address) && !said.has(address)
  if (withinMs <= 0 || isEnough(ofPanel()) || !panel.some(isMissing)) return ofPanel()

  const isShort = withinMs < memberMs
  const enough = new AbortController()
  const over = AbortSignal.timeout(Math.min(withinMs, memberMs))
  const limit = AbortSignal.any([signal, enough.signal, over])
  // Where there are more verifiers than one answer of a relay holds, the next try finds others.
  const find = network.findOffers({ role: 'verifies', modelCid }, { signal: limit })
  const offers = await unlessAborted(find, limit, 'The search').catch((error: unknown) => {
    if (!over.aborted || signal.aborted) throw error
    return []
  })
  const asking = offers.map(async ({ registration }) => {
    const address = addressFromPeerId(registration.peerId)
    const verdict = isMissing(address) ? await ask(registration) : null
    if (!verdict) return
    said.set(address, verdict)
    if (isEnough(ofPanel())) void pause(graceMs, limit).then(() => enough.abort())
  })
  await Promise.all(asking)
  return ofPanel()

  function sign(): Verdict {
    const verifierPeerId = peerIdFromPrivateKey(privateKey)
    const about = { receiptId: receiptId(request.receipt), isFalse: true, finding }
    return signVerdict({ verifierPeerId, ...about, court: court.court }, privateKey)
  }

  /** @returns null where it says nothing that counts */
  async function ask(verifier: Parameters<Network['audit']>[0]): Promise<Verdict | null> {
    const asked = { ...request, court: court.court }
    try {
      const audit = network.audit(verifier, asked, { signal: limit })
      const response = await unlessAborted(audit, limit, 'The question to a panel')
      if (response.type === 'refusal') return null
      const manifest = manifestOf(modelCid)
      const { verdict } = opinionOf(response, { verifier, request: asked, manifest })
      return verdict.court ? verdict : null
    } catch (error) {
      if (signal.aborted) throw error
      const hadTime = !enough.signal.aborted && !(over.aborted && isShort)
      if (WeftError.is(error) && error.code === 'sdk/false-verdict') memory.lied(verifier.peerId)
      else if (hadTime) memory.failed(verifier.peerId)
      return null
    }
  }
}
