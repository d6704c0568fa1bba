import type { AnswerRecord } from '@weft/sdk'
import { weft } from '../money/amounts.ts'
import { billWei } from '../money/bill.ts'
import { RowKinds } from '../row/row-legend.tsx'
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
  const costWei = billWei(answer)
  const isEmpty = summary.tokens === 0
  const line = isEmpty ? emptyLine(answer, costWei, streaming) : summaryLine(summary, answer)
  // What is to come has its room already; where nothing comes any more, none is left.
  const room = streaming || line !== '' ? 'mt-1 min-h-9' : ''
  return (
    <footer>
      {(streaming || !isEmpty) && <WovenRow answer={answer} streaming={streaming} />}
      {!streaming && <RowKinds answer={answer} />}
      <div className={`${room} flex flex-wrap items-center justify-between gap-x-4`}>
        <p
          data-testid="answer-summary"
          data-finish={summary.finish}
          data-tokens={summary.tokens}
          data-peers={summary.peers}
          data-ttft-ms={rounded(summary.firstTokenMs)}
          data-tokens-per-second={rounded(summary.tokensPerSecond)}
          data-where={summary.where}
          data-cost-wei={costWei.toString()}
          data-check={answer.check?.state === 'decided' ? (answer.check.outcome ?? '') : ''}
          className="text-sm text-ash tabular-nums"
        >
          {line}
        </p>
        {!streaming && (!isEmpty || costWei > 0n) && (
          <div className="-mx-2 flex">
            <Button kind="quiet" onClick={onReceipt} aria-haspopup="dialog">
              Receipt
            </Button>
            {!isEmpty && <CopyButton label="Copy" text={() => answer.text} />}
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

/** A prompt that was read is paid, also where it was stopped before the first token. */
function emptyLine({ error }: AnswerRecord, costWei: bigint, streaming: boolean): string {
  if (streaming || (error && costWei === 0n)) return ''
  return costWei > 0n ? `No answer · ${weft(costWei)} for reading the prompt` : 'No answer'
}

function rounded(value: number | null): string {
  return value === null ? '' : value.toFixed(1)
}
