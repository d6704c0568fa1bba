/**
 * Streams of one job side by side: where two part, whom most agree with, and whom a person is shown.
 * @module
 */
import { bytesEqual, type Receipt } from '@weft/protocol'
import type { AnswerRecord, CheckRecord, QuorumRecord } from '@weft/storage'

/** As far as it has come. */
export type Stream = Pick<AnswerRecord, 'tokens' | 'finishReason'>

/**
 * @returns the first token in which two streams part, which may be the end of one; null while one is how the other
 *   begins
 */
export function partingOf(a: Stream, b: Stream): number | null {
  const [shorter, longer] = a.tokens.length <= b.tokens.length ? [a, b] : [b, a]
  const index = shorter.tokens.findIndex((token, at) => token !== longer.tokens[at])
  if (index >= 0) return index
  const isOver = shorter.finishReason === 'stop' && longer.tokens.length > shorter.tokens.length
  return isOver ? shorter.tokens.length : null
}

/**
 * Whom to show: where streams part, one of those that most agree with, the one that is furthest; else the one that
 * is shown.
 * @param streams of all that answer
 * @returns an index into `streams`
 */
export function chooseShown(streams: readonly Stream[], shown: number): number {
  const current = streams[shown]
  let alike = [...streams.keys()]
  while (current) {
    const partings = alike.flatMap((index) => partingOf(current, streams[index] as Stream) ?? [])
    if (partings.length === 0) return shown
    // Up to there all of these are the same, so what comes next is comparable.
    const at = Math.min(...partings)
    const choiceOf = ({ tokens, finishReason }: Stream) =>
      tokens[at] ?? (finishReason === 'stop' ? 'end' : null)
    const groups = Map.groupBy(alike, (index) => choiceOf(streams[index] as Stream))
    const most = [...groups].find(
      ([choice, group]) => choice !== null && 2 * group.length > streams.length,
    )?.[1]
    if (!most) return shown
    if (!most.includes(shown)) return furthest(most, streams)
    alike = most
  }
  return shown
}

function furthest(indices: readonly number[], streams: readonly Stream[]): number {
  const lengthOf = (index: number) => streams[index]?.tokens.length ?? 0
  return indices.reduce((best, each) => (lengthOf(each) > lengthOf(best) ? each : best))
}

/** All answers of a quorum, the shown one first. */
export function membersOf(answer: AnswerRecord): AnswerRecord[] {
  return [answer, ...(answer.quorum?.witnesses.map((witness) => witness.answer) ?? [])]
}

/**
 * Whether most of those that were asked for have signed the same up to the end of what is shown: who quotes and then
 * says nothing, or too little, parts nowhere and confirms nothing.
 */
export function isAgreed(answer: AnswerRecord): boolean {
  const { quorum } = answer
  if (!quorum) return false
  const agreeing = quorum.witnesses.filter(
    (witness) => witness.partsAt === null && signedEnd(witness.answer) >= answer.tokens.length,
  )
  return signedEnd(answer) > 0 && 2 * (agreeing.length + 1) > quorum.size
}

/** @returns tokens of an answer up to the last one that somebody has signed for; 0 without a receipt */
function signedEnd({ receipt }: AnswerRecord): number {
  return receipt ? receipt.firstToken + receipt.outputTokens : 0
}

/** @param members - those that began, without witnesses of their own; the shown one is among them */
export function quorumOf(
  members: readonly AnswerRecord[],
  { shown, size }: { shown: AnswerRecord; size: number },
): QuorumRecord {
  const witnesses = members
    .filter((member) => member !== shown)
    .map((answer) => ({ answer, partsAt: partingOf(shown, answer) }))
  return { size, witnesses }
}

/**
 * The answer with what is known now of one receipt of it; the same where it is about another one. Where tabs part,
 * a verifier decides: false gives way to what passed.
 */
export function withCheck(
  answer: AnswerRecord,
  { signature }: Receipt,
  check: CheckRecord,
): AnswerRecord {
  const checked = (each: AnswerRecord) =>
    each.receipt && bytesEqual(each.receipt.signature, signature) ? { ...each, check } : each
  const main = checked(answer)
  if (!main.quorum) return main
  const witnesses = main.quorum.witnesses.map((witness) => ({
    ...witness,
    answer: checked(witness.answer),
  }))
  const next = { ...main, quorum: { ...main.quorum, witnesses } }
  if (next.check?.outcome !== 'failed') return next
  const better = witnesses.find((witness) => witness.answer.check?.outcome === 'passed')
  return better ? turnTo(next, better.answer) : next
}

/** Shows another answer of the quorum; what was shown becomes a witness. */
function turnTo(answer: AnswerRecord, witness: AnswerRecord): AnswerRecord {
  if (!answer.quorum) return answer
  const { size } = answer.quorum
  const before = { ...answer, quorum: null }
  const members = membersOf(answer).map((each) => (each === answer ? before : each))
  return { ...witness, quorum: quorumOf(members, { shown: witness, size }) }
}
