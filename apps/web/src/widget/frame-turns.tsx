import { useCell } from '@weft/react'
import { useRef } from 'react'
import type { ChatTurn, Run } from '../chat/chat.ts'
import { AnswerText } from '../playground/answer-text.tsx'
import { runSentence } from '../playground/run-words.ts'
import { useStickToBottom } from '../playground/use-stick-to-bottom.ts'
import { summarize, summaryLine } from '../row/summary.ts'
import { WovenRow } from '../row/woven-row.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { hostOf, useFrame, useWords } from './frame-context.tsx'
import { useFrameEngine } from './use-frame-tab.ts'

/** The conversation. A screen reader is told an answer when it is whole. */
export function FrameTurns() {
  const { session } = useFrame()
  const words = useWords()
  const { chats, currentId } = useCell(session.state)
  const box = useRef<HTMLElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const chat = chats[currentId ?? '']
  const turns = chat?.turns ?? []
  useStickToBottom(box, content, currentId)
  const last = turns.at(-1)
  const isDone = last && !chat?.run
  return (
    <main ref={box} aria-label={words.conversation} className="overflow-y-auto">
      <div ref={content} className="flex flex-col gap-6 p-4">
        {turns.length === 0 && <p className="text-sm text-ash">{words.empty}</p>}
        {turns.map((turn) => (
          <Turn key={turn.id} turn={turn} run={chat?.run?.turnId === turn.id ? chat.run : null} />
        ))}
      </div>
      <p role="status" aria-live="polite" className="sr-only">
        {chat?.run ? words.answering : isDone ? `${words.answered} ${last.answer?.text ?? ''}` : ''}
      </p>
    </main>
  )
}

function Turn({ turn, run }: { turn: ChatTurn; run: Run | null }) {
  const frame = useFrame()
  const words = useWords()
  const engine = useFrameEngine()
  const byPage = useCell(frame.asks.turnIds).has(turn.id)
  const { answer } = turn
  const error = answer?.error ?? turn.error
  const summary = answer && summarize(answer, run !== null)
  return (
    <article>
      <p className="text-xs text-ash">
        {byPage ? words.pageAsked(hostOf(frame.line.origin)) : words.you}
      </p>
      <h2 className="mb-2 text-sm font-medium wrap-anywhere whitespace-pre-wrap">{turn.prompt}</h2>
      {answer && answer.text !== '' && (
        <div className="[&_.answer]:text-base">
          <AnswerText text={answer.text} streaming={run !== null} isJson={false} />
        </div>
      )}
      {run && answer?.text === '' && (
        <p lang="en" className="text-sm text-ash">
          {runSentence(run, engine)}
        </p>
      )}
      {error && !run && <ErrorNote error={error} />}
      {answer && summary && answer.tokens.length > 0 && (
        <footer lang="en" className="mt-2">
          <WovenRow answer={answer} streaming={run !== null} />
          <p
            data-testid="frame-summary"
            data-finish={summary.finish}
            data-tokens={summary.tokens}
            data-peers={summary.peers}
            className="text-xs text-ash tabular-nums"
          >
            {summaryLine(summary, answer)}
          </p>
        </footer>
      )}
    </article>
  )
}
