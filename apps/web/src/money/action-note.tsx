import { ErrorNote } from '../ui/error-note.tsx'
import type { ChainAction } from './use-chain-action.ts'

/** What an action waits for, or why it failed and what to do. */
export function ActionNote({ action: { step, error } }: { action: ChainAction }) {
  return (
    <div aria-live="polite" className="grid gap-2 empty:hidden">
      {step && <p className="text-sm text-ash">{step}</p>}
      {error && !step && <ErrorNote error={error} />}
    </div>
  )
}
