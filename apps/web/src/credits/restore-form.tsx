import type { CreditsReader } from '@weft/payments/chain'
import type { TabCredits } from '@weft/sdk'
import { type FormEvent, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { TextArea } from '../ui/text-area.tsx'
import { useTask } from './use-credits.ts'

type RestoreFormProps = { credits: Pick<TabCredits, 'restore'>; reader: CreditsReader }

/** A purchase of another browser, or one whose data was cleared. */
export function RestoreForm({ credits, reader }: RestoreFormProps) {
  const [text, setText] = useState('')
  const { step, error, run } = useTask()

  function submit(event: FormEvent): void {
    event.preventDefault()
    run(async ({ onStep }) => {
      onStep('Looking which of its tickets were used.')
      await credits.restore(text, reader)
      setText('')
    })
  }

  return (
    <details className="max-w-[66ch] text-sm">
      <summary className="cursor-pointer">Have tickets again by their backup</summary>
      <form onSubmit={submit} className="mt-2 grid gap-3">
        <TextArea
          label="Backup"
          value={text}
          note="Whoever has this text can spend the tickets. Use them in one browser only: two could use the same one, and that costs the bond."
          problem={undefined}
          placeholder="weft-credit-1:…"
          onChange={setText}
        />
        <div>
          <Button kind="plain" type="submit" disabled={step !== null || text.trim() === ''}>
            Have them again
          </Button>
        </div>
        <div aria-live="polite" className="grid gap-2 empty:hidden">
          {step && <p className="text-ash">{step}</p>}
          {error && <ErrorNote error={error} />}
        </div>
      </form>
    </details>
  )
}
