/**
 * What was checked of an answer, by whom, and how sure that is, in one sentence or two.
 * @module
 */
import type { AnswerRecord, CheckRecord, Opinion, Witness } from '@weft/sdk'
import { count } from '../row/summary.ts'

const noLimits =
  'Nobody has measured yet how far honest devices differ with this model, so no other tab can judge it.'

type Checked = Pick<
  AnswerRecord,
  'where' | 'receipt' | 'recheck' | 'check' | 'grade' | 'quorum' | 'tokens'
>

export function checkSentence(answer: Checked): string {
  const { where, receipt, recheck, check, grade } = answer
  if (recheck) {
    return recheck.firstDifference === null
      ? 'This device has computed the same tokens from the same seed.'
      : 'This device computed something else from the same seed. Different hardware can cause this near a tie; a dishonest node too.'
  }
  const compared = quorumSentence(answer)
  if (compared) return compared
  if (check?.outcome) return outcomeSentence(check, check.outcome, answer.tokens.length)
  if (where === 'local') return 'Made on this device, so there is nobody to sign for it.'
  if (!receipt) return 'There is no receipt: nobody has signed for these tokens.'
  return `${signedSentence(receipt.firstToken)} ${nextSentence(check, grade)}`
}

function signedSentence(firstToken: number): string {
  return firstToken > 0
    ? `Signed from token ${firstToken + 1} on, by the tab that went on. What came before has no signature: whoever made it was lost.`
    : 'Signed: the tab that answered has put its key under exactly these tokens. That is not proof that the model chose them.'
}

/** Of an answer that nobody has looked at. */
function nextSentence(check: CheckRecord | null, grade: AnswerRecord['grade']): string {
  switch (check?.state) {
    case 'waiting':
      return check.lot
        ? 'Another tab is asked to compute them again.'
        : 'Whether another tab computes them again is decided by lot.'
    case 'spared':
      return 'The lot did not fall on this answer, so no other tab has computed it again.'
    case 'given-up':
      return 'No other tab had the time to compute them again.'
    default:
      return grade === 'sampled' || grade === 'always'
        ? noLimits
        : 'To see that, have them computed again.'
  }
}

function outcomeSentence(
  { state, opinions, lot }: CheckRecord,
  outcome: NonNullable<CheckRecord['outcome']>,
  tokens: number,
): string {
  const agree = opinions.filter((each) => each.outcome === outcome).length
  const who = `${numbers[agree] ?? agree} of ${numbers[opinions.length]?.toLowerCase() ?? opinions.length} other tabs that computed it again say`
  if (outcome === 'passed') {
    const [only] = opinions
    return opinions.length === 1 && only
      ? `Another tab${lot?.drawn ? ', drawn by lot on the chain,' : ''} computed it again: ${likenessWords(only, tokens)}. It could lie as well, but does not gain by it.`
      : `${who} that this model chose these tokens, as honest devices do.`
  }
  if (outcome === 'failed') {
    return `${who} that this model, asked like this, did not choose these tokens. Of honest answers fewer than one in 10,000 is judged so. Whoever signed it gets no more questions from this browser.`
  }
  const isAccused = opinions.some((each) => each.outcome === 'failed')
  if (state !== 'decided' && isAccused) {
    const then =
      state === 'waiting' ? 'so a second one is asked' : 'and no second one could be asked in time'
    return `One tab says that this model did not choose these tokens. One alone may lie or be broken, ${then}.`
  }
  return isAccused
    ? 'The tabs that computed it again do not agree, so it stays open.'
    : 'Computed again, it is unusual for an honest device, as one honest answer in a hundred is. Nobody is accused for that.'
}

/** Where an answer ended by itself, that it did is a choice as well. @param tokens - of the whole answer */
function likenessWords({ margins, firstToken }: Opinion, tokens: number): string {
  const same = margins.filter((margin) => margin === 0).length
  const hasEnd = margins.length === tokens - firstToken + 1
  const counted = hasEnd ? `, ${count(tokens - firstToken, 'token')} and the end` : ''
  return same === margins.length
    ? `all ${same} choices are the same${counted}`
    : `${same} of ${margins.length} choices are the same, the others as near as honest devices come`
}

/** Of tabs that answered at once; empty where nobody else did. */
function quorumSentence(answer: Checked): string {
  const { quorum, check, tokens, receipt } = answer
  // Who said nothing is neither for nor against.
  const hasSpoken = (each: Witness) => each.answer.tokens.length > 0 || each.partsAt !== null
  const witnesses = quorum?.witnesses.filter(hasSpoken) ?? []
  if (witnesses.length === 0) return ''
  const tabs = numbers[witnesses.length + 1] ?? `${witnesses.length + 1}`
  const parted = witnesses.filter(({ partsAt }) => partsAt !== null)
  const at = Math.min(...parted.map(({ partsAt }) => partsAt ?? 0)) + 1
  if (parted.length === 0) {
    const least = Math.min(tokens.length, ...witnesses.map(({ answer }) => answer.tokens.length))
    if (least === 0) return ''
    const same = `${tabs} tabs answered at once and chose the same ${least} tokens`
    if (!receipt) return `${same} so far.`
    const isSigned = witnesses.every(({ answer }) => answer.receipt)
    const signed = isSigned ? 'each signed by its own' : 'not signed by all of them'
    return `${same}, ${signed}. ${agreedSentence(answer)}`
  }
  const others = numbers[parted.length]?.toLowerCase() ?? `${parted.length}`
  const parting = `${tabs} tabs answered at once; from token ${at} on ${others} of them ${parted.length === 1 ? 'says' : 'say'} something else.`
  return receipt
    ? `${parting} ${decisionSentence(check, parted)}`
    : `${parting} When they have ended others are asked who is right.`
}

/** What came after: a check where too few came to the end, or where the person has asked for one. */
function agreedSentence({ check, grade, tokens }: Checked): string {
  if (check?.outcome) return outcomeSentence(check, check.outcome, tokens.length)
  return check ? nextSentence(check, grade) : 'Tabs of one owner can agree on a lie.'
}

function decisionSentence(check: CheckRecord | null, parted: readonly Witness[]): string {
  const checks = [check, ...parted.map(({ answer }) => answer.check)]
  if (checks.every((each) => each === null)) return noLimits
  const outcomes = parted.map(({ answer }) => answer.check?.outcome ?? null)
  if (check?.outcome === 'passed' && outcomes.every((outcome) => outcome === 'passed')) {
    return 'Other tabs computed each again: both are as honest devices choose. Near a tie devices differ.'
  }
  if (check?.outcome === 'passed' && outcomes.includes('failed')) {
    return 'Other tabs computed each again: this one is the model’s own, the other is not. Whoever signed that gets no more questions from this browser.'
  }
  if (check?.outcome === 'failed') {
    return 'Other tabs computed it again: what is shown is not this model’s own choice.'
  }
  return checks.some((each) => each?.state === 'waiting')
    ? 'Other tabs are asked to compute each again.'
    : 'Nobody else could tell which of them the model chose.'
}

const numbers = ['None', 'One', 'Two', 'Three', 'Four', 'Five']

/** What one verifier says. */
export const opinionWords = {
  passed: 'Another tab chose the same, as honest devices do.',
  suspicious: 'Another tab found it unusual for an honest device. One check cannot tell.',
  failed: 'Another tab says: this model, asked like this, did not choose these tokens.',
}

/** What it saw in the states behind the answer, where margins left it open; empty where it did not look. */
export function fingerprintWords({
  outcome,
  likenesses,
}: Pick<Opinion, 'outcome' | 'likenesses'>): string {
  if (likenesses.length === 0) return ''
  const least = Math.min(...likenesses.map(({ alike, values }) => alike / values))
  const share = `${Math.floor(100 * least)} %`
  return outcome === 'failed'
    ? `The fingerprints of its computation are not this model’s: in the one that is least like it, ${share} of the values agree.`
    : `The fingerprints of its computation are this model’s: in each of them ${share} of the values agree, or more. Of seed and temperature they say nothing.`
}

/** Of an answer that was not checked, by a tab that was caught with another one; empty for all others. */
export function falseNodeSentence(
  { segments, check, recheck }: Pick<AnswerRecord, 'segments' | 'check' | 'recheck'>,
  falseNodes: ReadonlySet<string>,
): string {
  const isCleared = recheck?.firstDifference === null || check?.outcome === 'passed'
  if (isCleared || check?.outcome === 'failed') return ''
  return segments.some(({ peerId }) => falseNodes.has(peerId))
    ? 'Nobody has checked this answer, and a tab that made it was found to answer falsely at another time.'
    : ''
}
