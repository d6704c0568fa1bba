import type { AnswerRecord } from '@weft/sdk'
import { errorWords } from '../chat/error-words.ts'
import { count } from '../row/summary.ts'
import { useTab } from '../site/tab-context.tsx'
import { Button } from '../ui/button.tsx'
import { useCancellable } from './use-cancellable.ts'

type CheckElsewhereProps = {
  answer: AnswerRecord
  /** Asks one more tab and keeps what it says. */
  onCheck: (signal: AbortSignal) => Promise<void>
}

/** The way to have one more tab compute a signed answer again. */
export function CheckElsewhere({ answer, onCheck }: CheckElsewhereProps) {
  const { isRunning, failure, start, cancel } = useCancellable(onCheck)
  const { check, receipt } = answer
  const models = useTab()?.models.list.get() ?? []
  const manifest = models.find(({ modelCid }) => modelCid === answer.job.modelCid)?.manifest
  const canBeJudged = manifest?.task === 'chat' && manifest.thresholds
  if (!receipt || receipt.outputTokens === 0 || !canBeJudged) return null
  const opinions = check?.opinions ?? []
  // By itself it goes on asking.
  const isWaiting = check?.state === 'waiting'
  return (
    <div className="mt-2 grid justify-items-start gap-2" aria-live="polite">
      {failure && <p className="text-sm">{errorWords(failure).title}</p>}
      {isRunning && (
        <p className="text-sm text-ash">
          Another tab computes {count(receipt.outputTokens, 'token')} again.
        </p>
      )}
      {isRunning ? (
        <Button kind="plain" onClick={cancel}>
          Cancel
        </Button>
      ) : (
        !isWaiting && (
          <Button kind="plain" onClick={start}>
            {opinions.length > 0 ? 'Have one more tab check it' : 'Have another tab check it'}
          </Button>
        )
      )}
      {!isRunning && !isWaiting && opinions.length === 0 && (
        <p className="text-sm text-ash">It reads the conversation, as the tab that answered did.</p>
      )}
    </div>
  )
}
