/**
 * A tab at court: it follows what is decided, brings its own cases to their end, is paid for its checks, and records
 * epochs where it has a seat. What it keeps outlives a reload.
 * @module
 */
import type { Network } from '@weft/network'
import {
  type AuditRequest,
  addressFromPeerId,
  type Hex,
  type Manifest,
  type PrivateKey,
  pause,
  peerIdFromPrivateKey,
  WeftError,
} from '@weft/protocol'
import type { GivenAnswers } from '@weft/storage'
import { createCell } from '../cell.ts'
import type { NodeMemory } from '../node-memory.ts'
import type { GivenClaim } from '../serve.ts'
import { caseGasOf } from './case-fees.ts'
import type { AskedTestimony } from './check-answer.ts'
import { followNews } from './court-news.ts'
import type { CaseRecord, CourtLedger } from './court-records.ts'
import type { CaseState, CourtState, Standing, TabCourt, UseCourtOptions } from './court-state.ts'
import { type CourtView, caseIdOf } from './court-view.ts'
import { createDefence, defend } from './defence.ts'
import type { Lots } from './lots.ts'
import { createLotsOnChain } from './lots-on-chain.ts'
import { createPaidChecks } from './paid-checks.ts'
import { createProsecution } from './prosecution.ts'
import { canRecord, recordEpoch } from './record-epochs.ts'
import { repeat } from './repeat.ts'

export type TabCourtInit = {
  network: Pick<Network, 'peerId' | 'findOffers' | 'audit'>
  memory: Pick<NodeMemory, 'failed' | 'lied' | 'isLiar' | 'convicted'>
  privateKey: PrivateKey
  ledgers: { open(owner: string): Promise<CourtLedger> }
  /** Of the key that answers; without them nothing is kept, and a panel is shown nothing. */
  answers?: { open(owner: string): Promise<GivenAnswers> }
  manifestOf(modelCid: string): Manifest
}

/** What the rest of the tab has of its court. */
export type OpenCourt = {
  court: TabCourt
  /** Null while verdicts count nowhere. */
  view(): CourtView | null
  lots(): Lots | null
  /** This tab has checked an answer, for whoever asked. Never rejects: what cannot be done is in the state. */
  checked(request: AuditRequest, said: AskedTestimony): Promise<void>
  /** This tab has given an answer, that it may be accused of. */
  answered(claim: GivenClaim): void
  close(): Promise<void>
}

type Session = ReturnType<typeof beginSession>

/** Of each check that may be paid; those that wait for a redemption are looked at by the hour. */
const payEveryMs = 15_000

/** For what runs to notice that it is over. */
const endMs = 2_000

export function createTabCourt(init: TabCourtInit): OpenCourt {
  const state = createCell<CourtState | null>(null)
  const address = addressFromPeerId(peerIdFromPrivateKey(init.privateKey))
  let session: Session | null = null
  /** Records have one writer, so courts are opened one after the other. */
  let last: Promise<void> = Promise.resolve()

  async function change(court: CourtView | null, options: UseCourtOptions): Promise<void> {
    const ending = session
    session = null
    state.set(null)
    await ending?.end()
    if (!court) return
    const { chainId, contract } = court.court
    const ledger = await init.ledgers.open(`court ${chainId} ${contract} ${address}`)
    const given = (await init.answers?.open(address)) ?? null
    session = beginSession({ ...init, ...options, court, ledger, given, address, tell: state.set })
  }

  const use: TabCourt['use'] = (court, options = {}) => {
    const done = last.then(() => change(court, options))
    last = done.catch(() => {})
    return done
  }

  return {
    court: { state, use, refresh: async () => session?.refresh() },
    view: () => session?.court ?? null,
    lots: () => session?.lots ?? null,
    checked: async (request, said) => session?.checked(request, said),
    answered: (claim) => session?.answered(claim),
    close: () => use(null),
  }
}

type SessionInit = TabCourtInit &
  UseCourtOptions & {
    court: CourtView
    ledger: CourtLedger
    given: GivenAnswers | null
    address: Hex
    tell: (state: CourtState) => void
  }

function beginSession({ court: view, tell, worthWei = () => 1n, ...init }: SessionInit) {
  const { address, ledger, memory, given } = init
  const court = inTurn(view)
  const over = new AbortController()
  const { signal } = over
  let standing: Standing | null = null
  const problems = new Map<string, WeftError>()
  const onChange = () => {
    if (signal.aborted) return
    const [problem = null] = problems.values()
    tell({
      rules: court.rules,
      standing,
      cases: prosecution.cases().map(stateOf),
      accusations: news.accusations(),
      keptAnswers: given?.count() ?? 0,
      keptSeconds: keptSecondsOf(court.rules),
      waitingChecks: paid.waiting(),
      problem: problem?.toJSON() ?? null,
    })
  }
  const prosecution = createProsecution({ ...init, court, onChange })
  const paid = createPaidChecks({ ...init, court, worthWei })
  const news = followNews({
    ...{ court, ledger, memory, address },
    onSettled: prosecution.settled,
  })
  const defence = given && createDefence({ ...init, court, answers: given })
  const mayRecord = () => canRecord(standing)

  async function look(): Promise<void> {
    await news.look({ signal })
    const [seat, lastEpoch, stakeWei, owedWei, { gasWei, perGasWei }] = await Promise.all([
      court.readSeat(address),
      court.lastEpoch(),
      court.readStake(address),
      court.readOwed(address),
      court.readFees(address),
    ])
    const caseFeeWei = caseGasOf(court.rules) * perGasWei
    standing = { seat, lastEpoch, stakeWei, owedWei, gasWei, caseFeeWei }
    await given?.expire(Date.now())
  }

  /** Does it and says what came of it. */
  const telling = (name: string, work: () => Promise<void>) => async () => {
    try {
      await work()
      problems.delete(name)
    } catch (error) {
      problems.set(name, WeftError.from(error, 'sdk/court', 'The court could not be asked.'))
    }
    onChange()
  }
  const { epochSeconds } = court.rules
  const lookEveryMs = Math.min(30_000, Math.max(1_000, epochSeconds * 500))
  const looking = telling('look', look)
  const works: [everyMs: number, work: () => Promise<void>][] = [
    [lookEveryMs, looking],
    [Math.min(lookEveryMs, 5_000), telling('case', () => prosecution.advance(signal))],
    [lookEveryMs, telling('defence', () => defend(court.send, news.accusations()))],
    [lookEveryMs, telling('panel', async () => defence?.advance(news.accusations(), signal))],
    [payEveryMs, telling('pay', () => paid.advance(signal))],
    // That somebody else was quicker is no problem of anybody.
    [lookEveryMs, () => recordEpoch({ court, mayRecord }, signal).catch(() => {})],
  ]
  onChange()
  const running = works.map(([everyMs, work]) => repeat(everyMs, signal, work))

  return {
    court,
    lots: createLotsOnChain({ court }),
    refresh: looking,
    checked: (request: AuditRequest, said: AskedTestimony) =>
      telling('open', async () => {
        await paid.add(request, said)
        if (said.isFalse) await prosecution.open(request, said.finding)
      })(),
    answered({ receipt, ...claim }: GivenClaim): void {
      // Who has nothing to lose is accused by nobody.
      if (!given || standing?.stakeWei === 0n) return
      const keptUntilMs = receipt.endedAtMs + 1000 * keptSecondsOf(court.rules)
      const isPaid = receipt.costWei > 0n
      const answer = { id: caseIdOf(receipt), keptUntilMs, isPaid, claim: { ...claim, receipt } }
      void given.put(answer).then(onChange, () => {}) // Without storage there is nothing to show.
    },
    async end() {
      over.abort()
      const ended = new AbortController()
      void Promise.all(running).then(() => ended.abort())
      // What is on its way to a block is not waited for: the chain says later what became of it.
      await pause(endMs, ended.signal)
    },
  }
}

/** From an answer's end: told at the last moment, accused at the last moment, appealed, and judged. */
function keptSecondsOf({ limitationSeconds, answerSeconds, epochSeconds }: CourtView['rules']) {
  return 2 * (limitationSeconds + answerSeconds + epochSeconds)
}

/** One key: what it sends goes one after the other, or two would have the same number. */
function inTurn(court: CourtView): CourtView {
  let last: Promise<unknown> = Promise.resolve()
  const after =
    <Arguments extends unknown[], Result>(send: (...args: Arguments) => Promise<Result>) =>
    (...args: Arguments): Promise<Result> => {
      const done = last.then(() => send(...args))
      last = done.catch(() => {})
      return done
    }
  const { record, tell, accuse, vote, defend, settle, leaveSeat, payForCheck } = court.send
  return {
    ...court,
    send: {
      record: after(record),
      tell: after(tell),
      accuse: after(accuse),
      vote: after(vote),
      defend: after(defend),
      settle: after(settle),
      leaveSeat: after(leaveSeat),
      payForCheck: after(payForCheck),
    },
  }
}

function stateOf({ id, nodePeerId, foundAtMs, progress, ...record }: CaseRecord): CaseState {
  const { panel, sayFalse, sayTrue, endsAtMs, lostWei, reason } = record
  const said = { panel: panel.length, sayFalse, sayTrue }
  const isShown = record.shown.length > 0
  return { id, nodePeerId, foundAtMs, progress, ...said, endsAtMs, lostWei, reason, isShown }
}
