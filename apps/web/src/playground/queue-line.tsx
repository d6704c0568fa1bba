import { useEffect, useState } from 'react'
import type { Run } from '../chat/chat.ts'
import { useRunsHere } from '../site/use-device.ts'
import { Button } from '../ui/button.tsx'
import { queueSentence } from './queue-words.ts'

type QueueLineProps = {
  wait: NonNullable<Run['wait']>
  modelCid: string | undefined
  onCancel: () => void
  onAnswerHere: () => void
}

/** Every tab is busy: how long, and what else can be done. */
export function QueueLine({ wait, modelCid, onCancel, onAnswerHere }: QueueLineProps) {
  const aboutMs = useCountDown(wait)
  const runsHere = useRunsHere(modelCid)
  return (
    <section aria-label="Waiting" className="border-l-2 border-thread py-1 pl-4">
      <p role="status" aria-label="Place in the queue" className="text-sm tabular-nums">
        {queueSentence({ ...wait, aboutMs })}
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        {runsHere && (
          <Button kind="main" onClick={onAnswerHere}>
            Answer on this device
          </Button>
        )}
        <Button kind="plain" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </section>
  )
}

/** What is left of the last word of the node. */
function useCountDown(wait: NonNullable<Run['wait']>): number {
  const [leftMs, setLeftMs] = useState(wait.aboutMs)
  useEffect(() => {
    const startedMs = performance.now()
    setLeftMs(wait.aboutMs)
    const count = () => setLeftMs(Math.max(0, wait.aboutMs - (performance.now() - startedMs)))
    const timer = setInterval(count, 1_000)
    return () => clearInterval(timer)
  }, [wait])
  return leftMs
}
