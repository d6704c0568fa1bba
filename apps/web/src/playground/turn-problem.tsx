import type { ChatTurn } from '../chat/chat.ts'
import { costSentence, errorWords, type Remedy } from '../chat/error-words.ts'
import { Button } from '../ui/button.tsx'

type TurnProblemProps = {
  turn: ChatTurn
  last: boolean
  onRetry: (where: 'network' | 'local') => void
  onEdit: () => void
}

const interrupted = {
  title: 'The page was left before this answer ended.',
  detail: null,
  advice: 'What had arrived is kept above.',
  remedies: ['retry'] satisfies Remedy[],
}

/** Why an answer is not whole, what it cost, and what to do. */
export function TurnProblem({ turn: { answer, error }, last, onRetry, onEdit }: TurnProblemProps) {
  const failure = answer?.error ?? error
  const isInterrupted = answer !== null && answer.finishReason === null && !failure
  if (!failure && !isInterrupted) return null
  const { title, detail, advice, remedies } = failure ? errorWords(failure) : interrupted
  const where = answer?.where ?? 'network'
  return (
    <section aria-label="Problem" className="border-l-2 border-weld py-1 pl-4">
      <p className="font-medium">{title}</p>
      <p className="mt-1 text-sm text-ash">
        {advice} {costSentence}
      </p>
      {detail && <p className="mt-1 text-sm break-words text-ash">{detail}</p>}
      {last && remedies.length > 0 && (
        <div className="mt-3 flex flex-wrap gap-2">
          {where === 'network' && remedies.includes('local') && (
            <Button kind="main" onClick={() => onRetry('local')}>
              Answer on this device
            </Button>
          )}
          {remedies.includes('edit') && (
            <Button kind="main" onClick={onEdit}>
              Edit the prompt
            </Button>
          )}
          {remedies.includes('retry') && (
            <Button kind="plain" onClick={() => onRetry(where)}>
              Try again
            </Button>
          )}
        </div>
      )}
    </section>
  )
}
