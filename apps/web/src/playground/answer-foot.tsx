import type { AnswerRecord } from '@weft/sdk'
import { billWei } from '../money/bill.ts'
import { type Summary, summaryLine } from '../row/summary.ts'
import { WovenRow } from '../row/woven-row.tsx'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'

type AnswerFootProps = {
  answer: AnswerRecord
  summary: Summary
  canRetry: boolean
  onRetry: () => void
  onReceipt: () => void
}

/** The row, the line under it, and what can be done with an answer. */
export function AnswerFoot({ answer, summary, canRetry, onRetry, onReceipt }: AnswerFootProps) {
  const streaming = summary.finish === ''
  return (
    <footer>
      {(streaming || summary.tokens > 0) && <WovenRow answer={answer} streaming={streaming} />}
      <div className="mt-1 flex min-h-9 flex-wrap items-center justify-between gap-x-4">
        <p
          data-testid="answer-summary"
          data-finish={summary.finish}
          data-tokens={summary.tokens}
          data-peers={summary.peers}
          data-ttft-ms={rounded(summary.firstTokenMs)}
          data-tokens-per-second={rounded(summary.tokensPerSecond)}
          data-where={summary.where}
          data-cost-wei={billWei(answer).toString()}
          className="text-sm text-ash tabular-nums"
        >
          {summary.tokens > 0 ? summaryLine(summary, answer) : streaming ? '' : 'No answer'}
        </p>
        {!streaming && summary.tokens > 0 && (
          <div className="-mx-2 flex">
            <Button kind="quiet" onClick={onReceipt} aria-haspopup="dialog">
              Receipt
            </Button>
            <CopyButton label="Copy" text={() => answer.text} />
            {canRetry && (
              <Button kind="quiet" onClick={onRetry}>
                Try again
              </Button>
            )}
          </div>
        )}
      </div>
    </footer>
  )
}

function rounded(value: number | null): string {
  return value === null ? '' : value.toFixed(1)
}
