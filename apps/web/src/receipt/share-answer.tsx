import type { WeftErrorData } from '@weft/protocol'
import type { AnswerRecord } from '@weft/sdk'
import { useState } from 'react'
import { shareOf } from '../shared/shared-link.ts'
import { toData } from '../site/open-site.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { saveFile } from '../ui/save-file.ts'

/** Hands an answer that somebody has signed to somebody else, who can check it again. */
export function ShareAnswer({ answer }: { answer: AnswerRecord }) {
  const [said, setSaid] = useState<string | null>(null)
  const [error, setError] = useState<WeftErrorData | null>(null)
  if (!answer.receipt) return null

  async function share(): Promise<void> {
    setError(null)
    try {
      const made = await shareOf(answer, location.origin)
      if (made.type === 'file') {
        saveFile(made.file)
        setSaid('It is too long for a link, so it was saved as a file.')
        return
      }
      await navigator.clipboard.writeText(made.href)
      setSaid('The link is copied.')
    } catch (failure) {
      setSaid(null)
      setError(toData(failure))
    }
  }

  return (
    <section
      aria-label="Share"
      className="mt-4 grid justify-items-start gap-2 border-t border-thread pt-4"
    >
      <Button kind="plain" onClick={() => void share()}>
        Share this answer
      </Button>
      <p aria-live="polite" className="text-sm text-ash">
        {said && <span className="text-ink">{said} </span>}
        Whoever gets it reads the whole conversation up to this answer, and can check the signature
        without asking anybody.
      </p>
      {error && <ErrorNote error={error} />}
    </section>
  )
}
