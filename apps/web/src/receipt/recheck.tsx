import { useCell } from '@weft/react'
import type { AnswerRecord, Models } from '@weft/sdk'
import { errorWords } from '../chat/error-words.ts'
import { engineSentence } from '../playground/run-words.ts'
import { count } from '../row/summary.ts'
import { useTab } from '../site/tab-context.tsx'
import { Button } from '../ui/button.tsx'
import { useCancellable } from './use-cancellable.ts'

type RecheckProps = {
  answer: AnswerRecord
  /** Computes it again and keeps what came of it. */
  onCheck: (signal: AbortSignal) => Promise<void>
}

/** Computes the answer again on this device, on demand. */
export function Recheck({ answer, onCheck }: RecheckProps) {
  const models = useTab()?.models
  const { isRunning, failure, start, cancel } = useCancellable(onCheck)
  const checkable = answer.nonce !== null && answer.tokens.length > 0
  return (
    <div className="mt-3 grid justify-items-start gap-2" aria-live="polite">
      {answer.recheck && !isRunning && (
        <div>
          <p className="font-medium">{resultSentence(answer)}</p>
          <p className="text-sm text-ash">
            This tells whether the model computed it, not whether what it says is true.
          </p>
        </div>
      )}
      {failure && <p className="text-sm">{errorWords(failure).title}</p>}
      {isRunning && models && <RunningLine models={models} tokens={answer.tokens.length} />}
      {isRunning ? (
        <Button kind="plain" onClick={cancel}>
          Cancel
        </Button>
      ) : checkable ? (
        <Button kind="plain" onClick={start}>
          Check on this device
        </Button>
      ) : (
        <p className="text-sm text-ash">
          It cannot be computed again: it ended before its seed was settled.
        </p>
      )}
    </div>
  )
}

function RunningLine({ models, tokens }: { models: Models; tokens: number }) {
  const engine = useCell(models.engine)
  const sentence = engineSentence(engine) ?? `Computing ${count(tokens, 'token')} again.`
  return <p className="text-sm text-ash">{sentence}</p>
}

function resultSentence({ recheck, tokens }: AnswerRecord): string {
  if (!recheck || recheck.firstDifference === null) {
    return `All ${tokens.length} tokens are the same.`
  }
  return `It differs from token ${recheck.firstDifference + 1} on.`
}
