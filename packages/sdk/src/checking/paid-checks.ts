/**
 * Checks that the lot fell on are paid for by the court, out of what their answer brought in: kept until that is
 * worth sending.
 * @module
 */
import {
  type AuditRequest,
  addressFromPeerId,
  type PrivateKey,
  peerIdFromPrivateKey,
  receiptId,
  signVerdict,
  WeftError,
} from '@weft/protocol'
import type { AskedTestimony } from './check-answer.ts'
import type { CheckToPay, CourtLedger } from './court-records.ts'
import { type CourtView, caseIdOf } from './court-view.ts'
import { isTimely } from './is-drawn.ts'

export type PaidChecksInit = {
  court: CourtView
  ledger: CourtLedger
  privateKey: PrivateKey
  /** Of the token: what a payment must be worth its fee. */
  worthWei: () => bigint
}

export type PaidChecks = {
  /** How many wait to be paid. */
  waiting(): number
  /** Of a check that was made. Free answers bring nothing in. */
  add(request: AuditRequest, said: AskedTestimony): Promise<void>
  /** Asks the chain about each, and sends what is worth it. @throws `payments/*` */
  advance(signal: AbortSignal): Promise<void>
}

/** Of more the newest are kept; see `crowdedOut`. */
const maxWaiting = 200
/** A check that pays nothing yet is looked at again after so long, twice as long each time: nodes redeem by the hour. */
const firstPauseMs = 30_000
const longestPauseMs = 30 * 60_000

export function createPaidChecks({
  court,
  ledger,
  privateKey,
  worthWei,
}: PaidChecksInit): PaidChecks {
  const verifierPeerId = peerIdFromPrivateKey(privateKey)
  const own = addressFromPeerId(verifierPeerId)
  const waiting = new Map(
    ledger.records.filter((each) => each.kind === 'check').map((each) => [each.id, each]),
  )

  const pauses = new Map<string, { untilMs: number; ms: number }>()

  async function forget(check: CheckToPay): Promise<void> {
    waiting.delete(check.id)
    pauses.delete(check.id)
    await ledger.remove(check.id)
  }

  /** @returns it with the epoch that drew this tab for it, null where there is nothing to wait for */
  async function drawn(check: CheckToPay, signal: AbortSignal): Promise<CheckToPay | null> {
    if (check.epoch !== null) return check
    const { receipt } = check
    const epoch = await court.epochAfter(Math.floor(receipt.endedAtMs / 1000), { signal })
    if (epoch === null) return check
    const id = caseIdOf(receipt)
    if (!(await court.isSampled(id, epoch))) return null
    const node = addressFromPeerId(receipt.nodePeerId)
    const panel = await court.draw({ receiptId: id, node, epoch })
    return panel.includes(own) ? { ...check, epoch } : null
  }

  async function pay(check: CheckToPay & { epoch: number }): Promise<boolean> {
    const { receipt, isFalse, finding, epoch } = check
    const about = { receiptId: receiptId(receipt), isFalse, finding, court: court.court }
    const verdict = signVerdict({ verifierPeerId, ...about }, privateKey)
    const wei = await court.worthOf(receipt, epoch, verdict)
    if (wei === 0n || wei < worthWei()) return false
    await court.send.payForCheck(receipt, { epoch, verdict })
    return true
  }

  async function step(check: CheckToPay, signal: AbortSignal): Promise<void> {
    const ms = Math.min(2 * (pauses.get(check.id)?.ms ?? firstPauseMs / 2), longestPauseMs)
    pauses.set(check.id, { untilMs: Date.now() + ms, ms })
    const { epochSeconds, limitationSeconds } = court.rules
    const since = check.epoch === null ? check.receipt.endedAtMs / 1000 : check.epoch * epochSeconds
    if ((await court.now()) > since + limitationSeconds) return forget(check)
    const next = await drawn(check, signal)
    if (!next) return forget(check)
    if (next !== check) {
      waiting.set(next.id, next)
      await ledger.put(next)
    }
    const { epoch } = next
    if (await court.isPaid(caseIdOf(next.receipt))) return forget(next)
    if (epoch !== null && (await pay({ ...next, epoch }))) await forget(next)
  }

  return {
    waiting: () => waiting.size,
    async add({ receipt }, said) {
      const id = `check ${caseIdOf(receipt)}`
      if (receipt.costWei === 0n || receipt.channelId === null || waiting.has(id)) return
      if (!isTimely(receipt, court.rules)) return
      const check: CheckToPay = { kind: 'check', id, receipt, epoch: null, ...said }
      waiting.set(id, check)
      await ledger.put(check)
      const out = waiting.size > maxWaiting && crowdedOut([...waiting.values()])
      if (out) await forget(out)
    },
    async advance(signal) {
      let problem: unknown
      for (const check of [...waiting.values()]) {
        if (signal.aborted) return
        if (Date.now() < (pauses.get(check.id)?.untilMs ?? 0)) continue
        await step(check, signal).catch((error: unknown) => {
          problem = error
        })
      }
      if (problem) throw WeftError.from(problem, 'sdk/court', 'A check could not be paid.')
    },
  }
}

/**
 * Who asks for much crowds out what it has asked for itself: of whoever has most of those that no lot has fallen on
 * yet, or else of all, the oldest goes.
 */
function crowdedOut(checks: readonly CheckToPay[]): CheckToPay | undefined {
  const undrawn = checks.filter(({ epoch }) => epoch === null)
  const among = Map.groupBy(undrawn.length > 0 ? undrawn : checks, ({ askerPeerId }) => askerPeerId)
  const [most] = [...among.values()].sort((a, b) => b.length - a.length)
  return most?.[0]
}
