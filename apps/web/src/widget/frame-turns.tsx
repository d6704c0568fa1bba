import { useCell } from '@weft/react'
import { useRef, useState } from 'react'
import type { ChatTurn, Run } from '../chat/chat.ts'
import { AnswerText } from '../playground/answer-text.tsx'
import { useStickToBottom } from '../playground/use-stick-to-bottom.ts'
import { summarize, summaryLine } from '../row/summary.ts'
import { WovenRow } from '../row/woven-row.tsx'
import { toData } from '../site/open-site.ts'
import { Button, buttonClass } from '../ui/button.tsx'
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
  const isDone = last && !chat?.run && !failureOf(last) // That is an alert of its own.
  return (
    <main ref={box} aria-label={words.conversation} className="overflow-y-auto">
      <div ref={content} className="flex flex-col gap-6 p-4">
        {turns.length === 0 && <p className="text-sm text-ash">{words.empty}</p>}
        {turns.map((turn) => (
          <Turn
            key={turn.id}
            turn={turn}
            run={chat?.run?.turnId === turn.id ? chat.run : null}
            isLast={turn === last && !chat?.run}
          />
        ))}
      </div>
      <p role="status" aria-live="polite" className="sr-only">
        {chat?.run ? words.answering : isDone ? `${words.answered} ${last.answer?.text ?? ''}` : ''}
      </p>
    </main>
  )
}

const failureOf = (turn: ChatTurn) => turn.answer?.error ?? turn.error

type TurnProps = { turn: ChatTurn; run: Run | null; isLast: boolean }

function Turn({ turn, run, isLast }: TurnProps) {
  const frame = useFrame()
  const words = useWords()
  const engine = useFrameEngine()
  const byPage = useCell(frame.asks.turnIds).has(turn.id)
  const { answer } = turn
  const [isAsking, setIsAsking] = useState(false)
  /** Why it could not be asked again. */
  const [refusal, setRefusal] = useState<ReturnType<typeof toData> | null>(null)
  const error = refusal ?? failureOf(turn)
  const summary = answer && summarize(answer, run !== null)
  // What the page asked has ended for it: it may ask again itself.
  const canAskAgain = isLast && !byPage
  async function askAgain(): Promise<void> {
    setIsAsking(true)
    setRefusal(null)
    await frame.askAgain(turn.id).catch((thrown) => setRefusal(toData(thrown)))
    setIsAsking(false)
  }
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
      {run && (!answer || answer.text === '' || run.step === 'handing-over') && (
        <p className="text-sm text-ash">{words.waiting(run, engine)}</p>
      )}
      {error && !run && <ErrorNote error={error} words={words.failure} />}
      {error?.code === 'widget/no-storage' && (
        <a href="/" target="_blank" rel="noopener" className={`mt-2 ${buttonClass('plain')}`}>
          {words.openWeft}
        </a>
      )}
      {error && canAskAgain && error.code !== 'widget/no-storage' && (
        <Button kind="plain" className="mt-2" onClick={askAgain} disabled={isAsking}>
          {words.askAgain}
        </Button>
      )}
      {answer && summary && answer.tokens.length > 0 && (
        <footer className="mt-2">
          <WovenRow answer={answer} streaming={run !== null} words={words.row} />
          <p
            data-testid="frame-summary"
            data-finish={summary.finish}
            data-tokens={summary.tokens}
            data-peers={summary.peers}
            className="text-xs text-ash tabular-nums"
          >
            {summaryLine(summary, answer, words.summary)}
          </p>
        </footer>
      )}
    </article>
  )
}
