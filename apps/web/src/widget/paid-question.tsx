import { useCell } from '@weft/react'
import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { hostOf, useFrame, useWords } from './frame-context.tsx'
import { isHonestClick } from './sight.ts'

/** What the page would ask at the cost of its visitor, who alone says whether it is asked. */
export function PaidQuestion() {
  const frame = useFrame()
  const words = useWords()
  const question = useCell(frame.asks.pending)
  const [note, setNote] = useState('')
  if (!question) return null

  async function accept(): Promise<void> {
    if (await isHonestClick(frame.watch)) frame.asks.accept()
    else setNote(words.notSeen)
  }

  return (
    <section className="flex flex-col gap-2 border-t border-thread p-3 text-sm">
      <p className="text-ash">{words.askForMoney(hostOf(frame.line.origin))}</p>
      <p className="line-clamp-4 wrap-anywhere">{question.text}</p>
      <div className="flex gap-2">
        <Button kind="main" onClick={accept}>
          {words.askIt}
        </Button>
        <Button kind="plain" onClick={() => frame.asks.decline()}>
          {words.decline}
        </Button>
      </div>
      <p role="status" className="text-xs text-ash">
        {note}
      </p>
    </section>
  )
}
