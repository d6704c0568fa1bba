import { lazy, memo, Suspense, useState } from 'react'
import type { ChatTurn, Run } from '../chat/chat.ts'
import { summarize } from '../row/summary.ts'
import { AnswerFoot } from './answer-foot.tsx'
import { AnswerText } from './answer-text.tsx'
import { RunLine } from './run-line.tsx'
import { TurnProblem } from './turn-problem.tsx'

const ReceiptPanel = lazy(() => import('../receipt/receipt-panel.tsx'))

type TurnViewProps = {
  chatId: string
  turn: ChatTurn
  /** Earlier turns that did not fit the model's context. */
  leftOut: number
  /** Only while this turn is being answered. */
  run: Run | null
  /** Only the last turn can be asked again: what follows builds on the others. */
  last: boolean
  onRetry: (turnId: string, where: 'network' | 'local') => void
}

/** A turn that does not change is not drawn again while another one streams. */
export const TurnView = memo(function TurnView(props: TurnViewProps) {
  const { chatId, turn, leftOut, run, last } = props
  const [receiptOpen, setReceiptOpen] = useState(false)
  const { answer } = turn
  const streaming = run !== null
  const summary = answer && summarize(answer, streaming)
  const onRetry = (where: 'network' | 'local') => props.onRetry(turn.id, where)
  return (
    <article className="border-b border-thread py-6 last:border-0">
      <h2 className="font-medium break-words whitespace-pre-wrap">{turn.prompt}</h2>
      {leftOut > 0 && (
        <p className="mt-1 text-sm text-ash">
          {leftOut === 1
            ? 'Asked without the first turn: it no longer fits the model.'
            : `Asked without the first ${leftOut} turns: they no longer fit the model.`}
        </p>
      )}
      <div className="mt-3 grid gap-4">
        {answer?.text && <AnswerText text={answer.text} streaming={streaming} />}
        {run && run.step !== 'answering' && <RunLine run={run} />}
        {!streaming && <TurnProblem turn={turn} last={last} onRetry={onRetry} />}
        {answer && summary && (
          <AnswerFoot
            answer={answer}
            summary={summary}
            canRetry={last && !streaming && summary.finish !== 'failed'}
            onRetry={() => onRetry(answer.where)}
            onReceipt={() => setReceiptOpen(true)}
          />
        )}
      </div>
      {answer && receiptOpen && (
        <Suspense>
          <ReceiptPanel
            chatId={chatId}
            turnId={turn.id}
            answer={answer}
            onClose={() => setReceiptOpen(false)}
          />
        </Suspense>
      )}
    </article>
  )
})
