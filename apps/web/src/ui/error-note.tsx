import type { WeftErrorData } from '@weft/protocol'
import { errorWords } from '../chat/error-words.ts'

/** What went wrong and what to do, where it happened. */
export function ErrorNote({ error }: { error: WeftErrorData }) {
  const { title, advice, detail } = errorWords(error)
  return (
    <div role="alert" className="min-w-0 border-l-2 border-weld pl-3 text-sm">
      <p className="font-medium">{title}</p>
      <p className="text-ash">{advice}</p>
      {detail && <p className="wrap-anywhere text-ash">{detail}</p>}
    </div>
  )
}
