import { useCallback, useEffect, useState } from 'react'
import type { Ask } from '../chat/run-answer.ts'
import { readPreference, writePreference } from '../site/preferences.ts'
import { useSession } from '../site/tab-context.tsx'
import { useCell } from '../site/use-cell.ts'
import { Button } from '../ui/button.tsx'
import { Composer } from './composer.tsx'
import { Conversation } from './conversation.tsx'
import { HistoryDrawer } from './history-drawer.tsx'
import { HistoryList } from './history-list.tsx'

export function PlaygroundPage() {
  const session = useSession()
  const { chats, currentId } = useCell(session.state)
  const [localOnly, setLocalOnly] = useState(() => readPreference('localOnly'))
  const [modelCid, setModelCid] = useState(() => readPreference('modelCid'))
  const [draft, setDraft] = useState('')
  const chat = currentId ? chats[currentId] : undefined
  const where = localOnly ? 'local' : 'network'

  const ask = useCallback(
    (prompt: string) => session.send(prompt, { where, modelCid }),
    [session, where, modelCid],
  )
  const retry = useCallback(
    (turnId: string, retryWhere: Ask['where']) =>
      session.retry(turnId, { where: retryWhere, modelCid }),
    [session, modelCid],
  )
  const edit = useCallback(
    async (turnId: string) => setDraft(await session.takeBack(turnId)),
    [session],
  )
  useEffect(() => writePreference('localOnly', localOnly), [localOnly])
  useEffect(() => writePreference('modelCid', modelCid), [modelCid])

  return (
    <div className="grid min-h-0 lg:grid-cols-[17rem_minmax(0,1fr)]">
      <aside
        aria-label="Conversations"
        className="hidden min-h-0 overflow-y-auto border-r border-thread p-4 lg:block"
      >
        <HistoryList />
      </aside>
      <main className="flex min-h-0 min-w-0 flex-col">
        <div className="flex items-center gap-2 border-b border-thread px-2 lg:hidden">
          <HistoryDrawer />
          <Button kind="quiet" className="ml-auto" onClick={session.startNew}>
            New chat
          </Button>
        </div>
        <title>Playground · Weft</title>
        <h1 className="sr-only">Playground</h1>
        <Conversation chat={chat} onExample={ask} onRetry={retry} onEdit={edit} />
        <Composer
          text={draft}
          onText={setDraft}
          busy={chat?.run != null}
          onSend={ask}
          onStop={session.stop}
          localOnly={localOnly}
          onLocalOnly={setLocalOnly}
          modelCid={modelCid}
          onModel={setModelCid}
        />
      </main>
    </div>
  )
}
