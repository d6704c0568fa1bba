import { useCell } from '@weft/react'
import type { AnswerRecord, Cell } from '@weft/sdk'
import { lazy, memo, Suspense, useState } from 'react'
import type { ChatTurn, Run } from '../chat/chat.ts'
import { checkSentence, falseNodeSentence } from '../receipt/check-words.ts'
import { handoverNote } from '../receipt/handover-words.ts'
import { summarize } from '../row/summary.ts'
import { useTab } from '../site/tab-context.tsx'
import { loadPart } from '../ui/load-part.ts'
import { AnswerFoot } from './answer-foot.tsx'
import { AnswerText } from './answer-text.tsx'
import { QueueLine } from './queue-line.tsx'
import { RunLine } from './run-line.tsx'
import { type Retry, TurnProblem } from './turn-problem.tsx'

const ReceiptPanel = lazy(() => loadPart(() => import('../receipt/receipt-panel.tsx')))

type TurnViewProps = {
  chatId: string
  turn: ChatTurn
  /** Messages of earlier turns that did not fit the model's context. */
  leftOut: number
  /** Only while this turn is being answered. */
  run: Run | null
  /** Only the last turn can be asked again: what follows builds on the others. */
  last: boolean
  onRetry: (turnId: string, retry: Retry) => void
  onEdit: (turnId: string) => void
  onCancel: () => void
}

/** A turn that does not change is not drawn again while another one streams. */
export const TurnView = memo(function TurnView(props: TurnViewProps) {
  const { chatId, turn, leftOut, run, last, onCancel } = props
  const [receiptOpen, setReceiptOpen] = useState(false)
  const { answer } = turn
  const streaming = run !== null
  const summary = answer && summarize(answer, streaming)
  const onRetry = (retry: Retry) => props.onRetry(turn.id, retry)
  return (
    <article className="border-b border-thread py-6 last:border-0">
      <PromptText text={turn.prompt} />
      {leftOut > 0 && (
        <p className="mt-1 text-sm text-ash">
          {leftOut === 1
            ? 'Asked without the oldest message: with room for the answer, it did not fit the model.'
            : `Asked without the oldest ${leftOut} messages: with room for the answer, they did not fit the model.`}
        </p>
      )}
      <div className="mt-3 grid gap-4">
        {answer?.text && (
          <AnswerText text={answer.text} streaming={streaming} isJson={isJson(answer)} />
        )}
        {run?.wait && (
          <QueueLine
            wait={run.wait}
            modelCid={answer?.job.modelCid}
            onCancel={onCancel}
            onAnswerHere={() => onRetry({ where: 'local' })}
          />
        )}
        {run && run.step !== 'answering' && !run.wait && <RunLine run={run} />}
        {!streaming && (
          <TurnProblem
            turn={turn}
            last={last}
            onRetry={onRetry}
            onEdit={() => props.onEdit(turn.id)}
          />
        )}
        {answer && !streaming && <HandoverNote answer={answer} />}
        {answer && <FalseNodeNote answer={answer} />}
        {answer && isContradicted(answer) && (
          <p className="border-l-2 border-weld pl-4 text-sm">{checkSentence(answer)}</p>
        )}
        {answer && summary && (
          <AnswerFoot
            answer={answer}
            summary={summary}
            canRetry={last && !streaming && summary.finish !== 'failed'}
            onRetry={() => onRetry({ where: answer.where })}
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

/** Nothing is missing, so nothing alarms. */
function HandoverNote({ answer }: { answer: AnswerRecord }) {
  const note = handoverNote(answer)
  return note && <p className="text-sm text-ash">{note}</p>
}

const nobody: ReadonlySet<string> = new Set()
const noFalseNodes: Cell<ReadonlySet<string>> = { get: () => nobody, subscribe: () => () => {} }

/** Who was caught with one answer has perhaps made others. */
function FalseNodeNote({ answer }: { answer: AnswerRecord }) {
  const falseNodes = useCell(useTab()?.peers.falseNodes ?? noFalseNodes)
  const note = falseNodeSentence(answer, falseNodes)
  return note && <p className="border-l-2 border-weld pl-4 text-sm">{note}</p>
}

/** Others say something else: nobody should have to open the receipt to see that. */
function isContradicted({ quorum, check }: AnswerRecord): boolean {
  const isParted = quorum?.witnesses.some(({ partsAt }) => partsAt !== null) ?? false
  return isParted || check?.outcome === 'failed'
}

/** A longer prompt is shown by its beginning, so that its answer stays in sight. */
const longPromptChars = 700
const shownChars = 240

function PromptText({ text }: { text: string }) {
  const style = 'font-medium break-words whitespace-pre-wrap'
  if (text.length <= longPromptChars) return <h2 className={style}>{text}</h2>
  return (
    <>
      <h2 className={style}>{text.slice(0, shownChars).trimEnd()}…</h2>
      <details className="mt-1 text-sm text-ash">
        <summary className="min-h-6 cursor-pointer">The whole prompt</summary>
        <p className="mt-1 break-words whitespace-pre-wrap">{text}</p>
      </details>
    </>
  )
}

/** An answer kept from a time before forms has none. */
function isJson({ job }: AnswerRecord): boolean {
  return (job.sampling.grammar?.type ?? 'text') !== 'text'
}
