import { useCell } from '@weft/react'
import type { ConversationSummary } from '@weft/sdk'
import { useEffect } from 'react'
import { count } from '../row/summary.ts'
import { useSession } from '../site/tab-context.tsx'
import { Button } from '../ui/button.tsx'

const undoMs = 10_000

/** Conversations of this browser, the latest first. */
export function HistoryList({ onChosen }: { onChosen?: () => void }) {
  const session = useSession()
  const { summaries, currentId, removed } = useCell(session.state)
  function choose(action: () => void): void {
    action()
    onChosen?.()
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <Button kind="plain" onClick={() => choose(session.startNew)}>
        New chat
      </Button>
      <h2 id="history-title" className="text-xs font-medium text-ash">
        History
      </h2>
      {summaries.length === 0 && (
        <p className="text-sm text-ash">What you ask is kept here, in this browser only.</p>
      )}
      <ul aria-labelledby="history-title" className="-mx-2">
        {summaries.map((summary) => (
          <HistoryItem
            key={summary.id}
            summary={summary}
            current={summary.id === currentId}
            onOpen={() => choose(() => void session.open(summary.id))}
            onDelete={() => void session.remove(summary.id)}
          />
        ))}
      </ul>
      {removed && <UndoLine key={removed.id} title={removed.title} />}
    </div>
  )
}

type HistoryItemProps = {
  summary: ConversationSummary
  current: boolean
  onOpen: () => void
  onDelete: () => void
}

function HistoryItem({ summary, current, onOpen, onDelete }: HistoryItemProps) {
  const { title, turnCount, updatedAtMs } = summary
  const day = new Date(updatedAtMs).toLocaleDateString('en', { day: 'numeric', month: 'short' })
  return (
    <li
      className={`group flex items-center rounded-md hover:bg-thread/50 ${current ? 'bg-thread/60' : ''}`}
    >
      <button
        type="button"
        aria-current={current ? 'true' : undefined}
        onClick={onOpen}
        className="min-w-0 flex-1 px-2 py-1.5 text-left"
      >
        <span className="block truncate text-sm">{title}</span>
        <span className="block text-xs text-ash">
          {day} · {count(turnCount, 'turn')}
        </span>
      </button>
      <button
        type="button"
        aria-label={`Delete ${title}`}
        onClick={onDelete}
        className="grid size-9 shrink-0 place-items-center rounded-md text-ash hover:text-ink focus-visible:opacity-100 pointer-fine:opacity-0 pointer-fine:group-focus-within:opacity-100 pointer-fine:group-hover:opacity-100"
      >
        <svg viewBox="0 0 16 16" className="size-3.5" aria-hidden="true">
          <path d="M3 3l10 10M13 3L3 13" stroke="currentColor" strokeWidth="1.5" />
        </svg>
      </button>
    </li>
  )
}

function UndoLine({ title }: { title: string }) {
  const session = useSession()
  useEffect(() => {
    const timer = setTimeout(session.forgetRemoved, undoMs)
    return () => clearTimeout(timer)
  }, [session])
  return (
    <p
      role="status"
      aria-label="Deleted"
      className="flex items-center justify-between gap-2 text-sm"
    >
      <span className="truncate text-ash">Deleted: {title}</span>
      <Button kind="quiet" onClick={() => void session.undoRemove()}>
        Undo
      </Button>
    </p>
  )
}
