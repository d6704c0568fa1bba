import type { WeftErrorData } from '@weft/protocol'
import type { AnswerRecord, Models } from '@weft/sdk'
import { useEffect, useRef, useState } from 'react'
import { errorWords } from '../chat/error-words.ts'
import { engineSentence } from '../playground/run-words.ts'
import { count } from '../row/summary.ts'
import { toData } from '../site/open-site.ts'
import { useSession, useTab } from '../site/tab-context.tsx'
import { useCell } from '../site/use-cell.ts'
import { Button } from '../ui/button.tsx'

type RecheckProps = { chatId: string; turnId: string; answer: AnswerRecord }

/** Computes the answer again on this device, on demand. */
export function Recheck({ chatId, turnId, answer }: RecheckProps) {
  const session = useSession()
  const models = useTab()?.models
  const controller = useRef<AbortController>(null)
  const [running, setRunning] = useState(false)
  const [failure, setFailure] = useState<WeftErrorData | null>(null)
  useEffect(() => () => controller.current?.abort(), [])

  async function check(): Promise<void> {
    const current = new AbortController()
    controller.current = current
    setRunning(true)
    setFailure(null)
    try {
      await session.recheck(chatId, turnId, current.signal)
    } catch (error) {
      if (!current.signal.aborted) setFailure(toData(error))
    }
    setRunning(false)
  }

  const checkable = answer.nonce !== null && answer.tokens.length > 0
  return (
    <div className="mt-3 grid justify-items-start gap-2" aria-live="polite">
      {answer.recheck && !running && (
        <div>
          <p className="font-medium">{resultSentence(answer)}</p>
          <p className="text-sm text-ash">
            This tells whether the model computed it, not whether what it says is true.
          </p>
        </div>
      )}
      {failure && <p className="text-sm">{errorWords(failure).title}</p>}
      {running && models && <RunningLine models={models} tokens={answer.tokens.length} />}
      {running ? (
        <Button kind="plain" onClick={() => controller.current?.abort()}>
          Cancel
        </Button>
      ) : checkable ? (
        <Button kind="plain" onClick={check}>
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
