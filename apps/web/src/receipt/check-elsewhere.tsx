import type { AnswerRecord } from '@weft/sdk'
import { errorWords } from '../chat/error-words.ts'
import { count, shortPeerId } from '../row/summary.ts'
import { useSession, useTab } from '../site/tab-context.tsx'
import { Button } from '../ui/button.tsx'
import { MarginPlot } from './margin-plot.tsx'
import { useCancellable } from './use-cancellable.ts'

type CheckElsewhereProps = { chatId: string; turnId: string; answer: AnswerRecord }

/** Has another tab compute a signed answer again, on demand. */
export function CheckElsewhere({ chatId, turnId, answer }: CheckElsewhereProps) {
  const session = useSession()
  const { isRunning, failure, start, cancel } = useCancellable((signal) =>
    session.check(chatId, turnId, signal),
  )
  const { check, receipt } = answer
  const models = useTab()?.models.list.get() ?? []
  const manifest = models.find(({ modelCid }) => modelCid === answer.job.modelCid)?.manifest
  const canBeJudged = manifest?.task === 'chat' && manifest.thresholds
  if (!receipt || receipt.outputTokens === 0 || !canBeJudged) return null
  return (
    <div className="mt-4 grid justify-items-start gap-2" aria-live="polite">
      {check && !isRunning && (
        <div className="w-full">
          <p className="font-medium">{outcomeWords[check.outcome]}</p>
          <MarginPlot check={check} />
          <p className="text-sm text-ash">
            By the tab{' '}
            <span className="font-mono text-xs">{shortPeerId(check.verifierPeerId)}</span>, drawn by
            lot, which has signed for it. It could lie as well: a second check may ask another.
          </p>
        </div>
      )}
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
        <Button kind="plain" onClick={start}>
          {check ? 'Have it checked again' : 'Have another tab check it'}
        </Button>
      )}
      {!check && (
        <p className="text-sm text-ash">It reads the conversation, as the tab that answered did.</p>
      )}
    </div>
  )
}

const outcomeWords = {
  passed: 'Another tab chose the same, as honest devices do.',
  suspicious: 'Another tab found it unusual for an honest device. One check cannot tell.',
  failed: 'Another tab says: this model, asked like this, did not choose these tokens.',
}
