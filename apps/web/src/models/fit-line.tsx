import type { Fit } from '@weft/sdk'
import { fitWord } from './model-words.ts'

/** Whether it runs here, and why. A mark of its own, so that colour alone tells nothing. */
export function FitLine({ fit, isReady }: { fit: Fit | null; isReady: boolean }) {
  if (!fit) return <p className="text-sm text-ash">Asking this browser what it can run.</p>
  return (
    <p className="flex items-baseline gap-2 text-sm text-ash">
      <span
        aria-hidden="true"
        className={`size-2 shrink-0 ${fit.runs ? 'rounded-full bg-moss' : 'rotate-45 bg-weld'}`}
      />
      <span>
        <span className="font-medium text-ink">{fitWord(fit, isReady)}.</span> {fit.why}
      </span>
    </p>
  )
}
