import { Link } from '@tanstack/react-router'
import type { AnswerRecord } from '@weft/sdk'
import type { ChatTurn } from '../chat/chat.ts'
import {
  costSentence,
  type ErrorWords,
  errorWords,
  onThisMachine,
  type Remedy,
  withoutThisDevice,
} from '../chat/error-words.ts'
import { billWei } from '../money/bill.ts'
import { useTab } from '../site/tab-context.tsx'
import { useRunsHere } from '../site/use-device.ts'
import { Button, buttonClass } from '../ui/button.tsx'

/**
 * This time, whatever the settings say: `slide` leaves out the oldest turns, `free` pays nothing. Without `where`, as
 * the page asks now.
 */
export type Retry = { where?: AnswerRecord['where'] | undefined; slide?: true; free?: true }

type TurnProblemProps = {
  turn: ChatTurn
  last: boolean
  onRetry: (retry: Retry) => void
  onEdit: () => void
}

const interrupted = {
  title: 'The page was left before this answer ended.',
  detail: null,
  advice: 'What had arrived is kept above.',
  remedies: ['retry'] satisfies Remedy[],
}

/** Why an answer is not whole, what it cost, and what to do. */
export function TurnProblem(props: TurnProblemProps) {
  const { answer, error } = props.turn
  const failure = answer?.error ?? error
  const relays =
    useTab()
      ?.network.get()
      .relays.map(({ address }) => address) ?? []
  const isInterrupted = answer !== null && answer.finishReason === null && !failure
  if (!failure && !isInterrupted) return null
  return (
    <Problem
      {...props}
      words={failure ? onThisMachine(errorWords(failure), failure, relays) : interrupted}
    />
  )
}

function Problem(props: TurnProblemProps & { words: ErrorWords }) {
  const { turn, words, last, onRetry, onEdit } = props
  const { answer } = turn
  const runsHere = useRunsHere(answer?.job.modelCid)
  const { title, detail, advice, remedies } = runsHere ? words : withoutThisDevice(words)
  const where = answer?.where
  return (
    <section aria-label="Problem" className="border-l-2 border-weld py-1 pl-4">
      <p className="font-medium">{title}</p>
      <p className="mt-1 text-sm text-ash">
        {advice} {costSentence(answer ? billWei(answer) : 0n)}
      </p>
      {detail && <p className="mt-1 text-sm wrap-anywhere text-ash">{detail}</p>}
      {last && remedies.length > 0 && (
        <div className="mt-3 flex flex-wrap gap-2">
          {where !== 'local' && remedies.includes('local') && (
            <Button kind="main" onClick={() => onRetry({ where: 'local' })}>
              Answer on this device
            </Button>
          )}
          {remedies.includes('slide') && canSlide(answer) && (
            <Button kind="main" onClick={() => onRetry({ where, slide: true })}>
              Leave out the oldest turns
            </Button>
          )}
          {remedies.includes('wallet') && (
            <Link
              to="/wallet"
              className={buttonClass(remedies.includes('local') ? 'plain' : 'main')}
            >
              Open the wallet
            </Link>
          )}
          {remedies.includes('free') && (
            <Button kind="plain" onClick={() => onRetry({ where, free: true })}>
              Ask free tabs only
            </Button>
          )}
          {remedies.includes('edit') && (
            <Button kind={canSlide(answer) ? 'plain' : 'main'} onClick={onEdit}>
              Edit the prompt
            </Button>
          )}
          {remedies.includes('retry') && (
            <Button kind="plain" onClick={() => onRetry({ where })}>
              Try again
            </Button>
          )}
        </div>
      )}
    </section>
  )
}

/** Whether something can be left out that was not. */
function canSlide(answer: AnswerRecord | null): boolean {
  return answer?.job.overflow === 'error' && answer.job.messages.length > 1
}
