import { useCell } from '@weft/react'
import { askApart } from './ask-apart.ts'
import { hostOf, useFrame, useWords } from './frame-context.tsx'
import { SeenButton } from './seen-button.tsx'

/** What the page would ask at the cost of its visitor, who alone says whether it is asked. */
export function PaidQuestion() {
  const frame = useFrame()
  const words = useWords()
  const { lang } = useCell(frame.line.config)
  const question = useCell(frame.asks.pending)
  if (!question) return null
  const { text } = question
  const host = hostOf(frame.line.origin)
  const accept = () => {
    if (frame.asks.pending.get() === question) frame.asks.accept()
  }
  return (
    <section className="flex flex-col gap-2 border-t border-thread p-3 text-sm">
      <p className="text-ash">{words.askForMoney(host)}</p>
      <p className="line-clamp-4 wrap-anywhere">{text}</p>
      <SeenButton
        words={words}
        watch={frame.watch}
        label={words.askIt}
        onSeen={accept}
        onApart={() =>
          askApart({ about: 'paid', host, lang, text }, (allowed) => {
            if (allowed) accept()
            else frame.asks.decline()
          })
        }
        onDecline={() => frame.asks.decline()}
        note=""
      />
    </section>
  )
}
