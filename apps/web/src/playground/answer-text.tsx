import { lazy, Suspense } from 'react'
import { loadPart } from '../ui/load-part.ts'

const Markdown = lazy(() =>
  // Without its code the answer is still an answer.
  loadPart(() => import('./markdown.tsx')).catch(() => ({ default: PlainText })),
)

function PlainText({ text }: { text: string; streaming: boolean }) {
  return <div className="whitespace-pre-wrap">{text}</div>
}

type AnswerTextProps = { text: string; streaming: boolean; isJson: boolean }

/** The answer in reading view; plain text until the Markdown code has arrived. JSON stays as it is. */
export function AnswerText({ text, streaming, isJson }: AnswerTextProps) {
  if (isJson) {
    return (
      <pre data-testid="answer-text" className="font-mono text-sm break-words whitespace-pre-wrap">
        {text}
      </pre>
    )
  }
  return (
    <div data-testid="answer-text">
      <Suspense fallback={<div className="answer raw">{text}</div>}>
        <div className="answer">
          <Markdown text={text} streaming={streaming} />
        </div>
      </Suspense>
    </div>
  )
}
