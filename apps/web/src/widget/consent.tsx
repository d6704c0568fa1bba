import { useId, useState } from 'react'
import { formatBytes } from '../row/summary.ts'
import type { OfferedModel } from './frame-model.ts'
import type { Permission } from './permission.ts'
import { SeenButton } from './seen-button.tsx'
import type { SightWatch } from './sight.ts'
import type { FrameWords } from './words.ts'

type Compute = Permission['compute']

type ConsentProps = {
  words: FrameWords
  watch: SightWatch
  /** Of the page that asks. */
  host: string
  model: OfferedModel
  /** What the page would have. */
  suggested: Compute
  /** It says that it pays for its visitors. */
  isPaid: boolean
  /** Whether the browser keeps anything of this. */
  isKept: boolean
  /** What it has asked already. */
  question: string | null
  onAllow: (compute: Compute) => void
  onDecline: () => void
  /** Asks in a window of its own. @returns whether one was opened; null where this is that window */
  onApart: ((compute: Compute) => boolean) | null
}

/** The one place where a page gets leave, in Weft's own frame or window. */
export function Consent(props: ConsentProps) {
  const { words, watch, host, model, suggested, isPaid, isKept, question } = props
  const { onAllow, onDecline, onApart } = props
  const [compute, setCompute] = useState(suggested)

  return (
    <section aria-labelledby="wants" className="flex flex-col gap-3 p-4">
      <h2 id="wants" className="text-lg font-semibold wrap-anywhere">
        {words.wantsTitle(host)}
      </h2>
      <p className="text-sm text-ash">
        {(onApart ? words.wantsText : words.windowText)(model.name)}
      </p>
      {question && (
        <p className="border-l-2 border-thread pl-3 text-sm">
          <span className="text-ash">{words.waits}</span>{' '}
          <span className="line-clamp-3 wrap-anywhere">{question}</span>
        </p>
      )}
      <fieldset className="flex flex-col gap-2">
        <legend className="pb-1 text-sm font-medium">{words.who}</legend>
        <Choice
          title={words.network}
          note={isPaid ? words.networkPaid(host) : words.networkNote}
          checked={compute === 'network'}
          onChoose={() => setCompute('network')}
        />
        <Choice
          title={words.device}
          note={words.deviceNote(formatBytes(model.downloadBytes), isKept)}
          checked={compute === 'device'}
          onChoose={() => setCompute('device')}
        />
      </fieldset>
      <SeenButton
        words={words}
        watch={watch}
        label={words.allow}
        onSeen={() => onAllow(compute)}
        onApart={onApart && (() => onApart(compute))}
        onDecline={onDecline}
        note={isKept ? words.remembered(host) : words.forgotten}
      />
    </section>
  )
}

type ChoiceProps = { title: string; note: string; checked: boolean; onChoose: () => void }

function Choice({ title, note, checked, onChoose }: ChoiceProps) {
  const id = useId()
  return (
    <label className="flex cursor-pointer items-start gap-3 rounded-md border border-thread p-2.5 has-checked:border-indigo">
      <input
        type="radio"
        name="compute"
        checked={checked}
        onChange={onChoose}
        aria-describedby={id}
        className="mt-1 accent-indigo"
      />
      <span>
        <span className="block text-sm font-medium">{title}</span>
        <span id={id} className="block text-xs text-ash">
          {note}
        </span>
      </span>
    </label>
  )
}
