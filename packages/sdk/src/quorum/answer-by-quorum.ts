/**
 * The same job, the same seed, by several tabs at once: each an answer of its own, with its own payment and its own
 * replacement where a node is lost. The nonce is told when all who are there in time have committed to the job.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { AnswerRecord } from '@weft/storage'
import { foldAnswer } from '../answer.ts'
import type { AnswerElsewhereComponents, RoadEvent, Sealed } from '../answer-elsewhere.ts'
import type { GenerateEvent, WaitOptions } from '../tab.ts'
import { chooseShown, partingOf, quorumOf } from './compare.ts'
import { type Member, type MemberEvent, openMembers } from './members.ts'

type QuorumEvent = RoadEvent | Extract<GenerateEvent, { type: 'quorum' | 'turned' }>

type QuorumInit = Sealed & {
  /** Tabs that answer, 2 to 5. */
  size: number
  /** As every one of them begins. */
  empty: AnswerRecord
}

/** When the shown one has ended, the others get half of its time to end as well. */
const stragglerShare = 0.5
const leastStragglerMs = 2_000
const mostStragglerMs = 15_000
/** Who is told to stop signs for what it has said by then. */
const stopMs = 1_500

export async function* answerByQuorum(
  components: AnswerElsewhereComponents,
  { size, empty, ...sealed }: QuorumInit,
  { signal }: WaitOptions,
): AsyncGenerator<QuorumEvent, void, undefined> {
  const startedMs = performance.now()
  const { members, next, stop } = openMembers(components, { ...sealed, size, empty }, { signal })
  const answers = () => members.filter(({ hasBegun }) => hasBegun).map(({ answer }) => answer)
  const quorum = (of: Member) => quorumOf(answers(), { shown: of.answer, size })
  let shown: Member | null = null
  let told = ''
  let isStopping = false
  let endMs = Number.POSITIVE_INFINITY

  const turn = (to: Member): QuorumEvent => {
    const atToken = (shown && partingOf(shown.answer, to.answer)) ?? 0
    shown = to
    return { type: 'turned', atToken, answer: { ...to.answer, quorum: quorum(to) } }
  }

  try {
    for (;;) {
      const event = await next(endMs)
      if (!event) {
        // Time is over for those who are still at it: what they said by now is compared.
        const stopped = members.filter((each) => stop(each))
        if (stopped.length === 0) break
        isStopping = true
        endMs = performance.now() + stopMs
        continue
      }
      const { member } = event
      note(member, event, performance.now() - startedMs)
      if (event.type === 'failed') {
        const others = members.filter(({ state }) => state === 'answering' || state === 'ended')
        const [other] = others.toSorted((a, b) => b.answer.tokens.length - a.answer.tokens.length)
        if (other && member === shown) yield turn(other)
        else if (isLastHope(members)) throw reasonOf(members, shown)
      } else if (event.type === 'queued') {
        if (!shown) yield event.event
      } else if (!shown) {
        shown = member
        yield event.event
      } else if (member === shown) {
        if (event.event.type !== 'finish') yield event.event
      } else if (!isAhead(shown) && member.answer.tokens.length > 0) {
        yield turn(member)
      }
      if (!shown) continue
      const choice: Member = isStopping ? shown : shownByMost(members, shown)
      if (choice !== shown) yield turn(choice)
      const now = quorum(shown)
      const words = JSON.stringify(now.witnesses.map(({ partsAt }) => partsAt))
      if (member !== shown || words !== told) yield { type: 'quorum', quorum: now }
      told = words
      endMs = endOf(members, shown, { startedMs, endMs })
      if (members.every(isOver)) break
    }
    const { receipt, finishReason } = (shown as Member | null)?.answer ?? empty
    if (!finishReason) throw (shown as Member | null)?.error ?? lost()
    yield { type: 'finish', receipt, finishReason }
  } finally {
    for (const member of members) stop(member)
  }
}

const isOver = ({ state }: Member) => state === 'ended' || state === 'failed'

/** Has said something and may say more. */
const isAhead = ({ state, answer }: Member) => state !== 'failed' && answer.tokens.length > 0

const isLastHope = (members: readonly Member[]) => members.every(({ state }) => state === 'failed')

/** Where somebody was lost, that there is nobody else says less. */
function reasonOf(members: readonly Member[], shown: Member | null): unknown {
  const found = members.find(({ hasBegun }) => hasBegun) ?? members.find(isRefused) ?? members[0]
  return (shown ?? found)?.error
}

const isRefused = ({ error }: Member) => WeftError.is(error) && error.code !== 'sdk/no-nodes'

/** What comes from a member changes its own answer alone. */
function note(member: Member, event: MemberEvent, elapsedMs: number): void {
  if (event.type === 'failed') {
    const error = WeftError.from(event.error, 'network/node-lost', 'The node failed.').toJSON()
    member.state = 'failed'
    member.error = event.error
    member.answer = { ...member.answer, error }
  } else if (event.event.type === 'finish') {
    const { receipt, finishReason } = event.event
    member.state = 'ended'
    member.answer = { ...member.answer, receipt, finishReason }
  } else {
    if (event.event.type === 'node-chosen') {
      member.state = 'answering'
      member.hasBegun = true
    }
    member.answer = foldAnswer(member.answer, event.event, elapsedMs)
  }
}

function shownByMost(members: readonly Member[], shown: Member): Member {
  const compared = members.filter(({ state }) => state === 'answering' || state === 'ended')
  const index = compared.indexOf(shown)
  if (index < 0) return shown
  const answers = compared.map(({ answer }) => answer)
  return compared[chooseShown(answers, index)] ?? shown
}

/** When those that still answer are told to stop: never before the shown one has ended. */
function endOf(
  members: readonly Member[],
  shown: Member,
  { startedMs, endMs }: { startedMs: number; endMs: number },
): number {
  if (shown.state !== 'ended') return Number.POSITIVE_INFINITY
  if (!members.some(({ state }) => state === 'answering')) return performance.now()
  if (Number.isFinite(endMs)) return endMs
  const ms = stragglerShare * (performance.now() - startedMs)
  return performance.now() + Math.min(mostStragglerMs, Math.max(leastStragglerMs, ms))
}

function lost(): WeftError {
  return new WeftError('network/node-lost', 'The nodes ended without a receipt.')
}
