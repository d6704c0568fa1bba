import { useRef } from 'react'
import { type Chat, messagesLeftOut } from '../chat/chat.ts'
import { EmptyState } from './empty-state.tsx'
import type { Retry } from './turn-problem.tsx'
import { TurnView } from './turn-view.tsx'
import { useStickToBottom } from './use-stick-to-bottom.ts'

type ConversationProps = {
  chat: Chat | undefined
  onExample: (prompt: string) => void
  onRetry: (turnId: string, retry: Retry) => void
  onEdit: (turnId: string) => void
  /** Stops the answer that is being made. */
  onCancel: () => void
}

/** The answers, oldest first. A screen reader hears of one when it has ended. */
export function Conversation(props: ConversationProps) {
  const { chat, onExample, onRetry, onEdit, onCancel } = props
  const box = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const turns = chat?.turns ?? []
  useStickToBottom(box, content, turns.length > 0 ? `${chat?.id} ${turns.length}` : null)
  return (
    <div
      ref={box}
      role="log"
      aria-label="Answer"
      aria-busy={chat?.run !== null && chat !== undefined}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keyboard.
      tabIndex={0}
      className="min-h-0 flex-1 overflow-y-auto sm:[scrollbar-gutter:stable_both-edges] px-4 -outline-offset-2 sm:px-6"
    >
      <div ref={content} className="mx-auto min-h-full max-w-[42rem]">
        {chat && turns.length > 0 ? (
          turns.map((turn, index) => (
            <TurnView
              key={turn.id}
              chatId={chat.id}
              turn={turn}
              leftOut={messagesLeftOut(chat, turn)}
              run={chat.run?.turnId === turn.id ? chat.run : null}
              last={index === turns.length - 1}
              onRetry={onRetry}
              onEdit={onEdit}
              onCancel={onCancel}
            />
          ))
        ) : (
          <EmptyState onExample={onExample} />
        )}
      </div>
    </div>
  )
}
