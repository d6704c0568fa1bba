import { useCell } from '@weft/react'
import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { isHonestClick, type SightWatch } from './sight.ts'
import type { FrameWords } from './words.ts'

type SeenButtonProps = {
  words: FrameWords
  watch: SightWatch
  label: string
  onSeen: () => void
  /** Asks in a window of its own. @returns whether one was opened; null where this is that window */
  onApart: (() => boolean) | null
  onDecline: () => void
  /** Said below until there is something else to say. */
  note: string
}

/** Yes and no, where yes counts only if it was seen; where nobody can be sure of that, a window of Weft asks. */
export function SeenButton(props: SeenButtonProps) {
  const { words, watch, label, onSeen, onApart, onDecline, note } = props
  const sight = useCell(watch.sight)
  const [problem, setProblem] = useState<string | null>(null)

  async function press(): Promise<void> {
    if (await isHonestClick(watch)) onSeen()
    else setProblem(words.notSeen)
  }

  return (
    <>
      {sight === 'unsure' && onApart && (
        <p className="border-l-2 border-weld pl-3 text-sm">{words.unsure}</p>
      )}
      <div className="flex flex-wrap gap-2">
        {sight === 'unsure' && onApart ? (
          <Button kind="main" onClick={() => setProblem(onApart() ? null : words.noWindow)}>
            {words.decideApart}
          </Button>
        ) : (
          <Button kind="main" disabled={sight !== 'seen'} onClick={press}>
            {label}
          </Button>
        )}
        <Button kind="plain" onClick={onDecline}>
          {words.decline}
        </Button>
      </div>
      <p role="status" className="min-h-5 text-xs text-ash">
        {problem ?? note}
      </p>
    </>
  )
}
