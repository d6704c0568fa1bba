import { lazy, Suspense } from 'react'

const Markdown = lazy(() => import('./markdown.tsx'))

/** The answer in reading view; plain text until the Markdown code has arrived. */
export function AnswerText({ text, streaming }: { text: string; streaming: boolean }) {
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
