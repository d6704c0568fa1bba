import type { WeftErrorData } from '@weft/protocol'
import { errorWords } from '../chat/error-words.ts'

export type ShownError = { title: string; advice: string; detail: string | null }

type ErrorNoteProps = {
  error: WeftErrorData
  /** In another language; `detail` stays English. */
  words?: (error: WeftErrorData) => ShownError
}

/** What went wrong and what to do, where it happened. */
export function ErrorNote({ error, words = errorWords }: ErrorNoteProps) {
  const { title, advice, detail } = words(error)
  return (
    <div role="alert" className="min-w-0 border-l-2 border-weld pl-3 text-sm">
      <p className="font-medium">{title}</p>
      <p className="text-ash">{advice}</p>
      {detail && (
        <p lang="en" className="wrap-anywhere text-ash">
          {detail}
        </p>
      )}
    </div>
  )
}
