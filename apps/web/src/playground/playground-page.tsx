import { useCell } from '@weft/react'
import { useCallback, useEffect, useState } from 'react'
import type { ChatTurn } from '../chat/chat.ts'
import { PayPrivately } from '../credits/pay-privately.tsx'
import { PriceLine } from '../money/price-line.tsx'
import { usePayAtMost } from '../money/use-pay-at-most.ts'
import { readPreference, writePreference } from '../site/preferences.ts'
import { useSite } from '../site/tab-context.tsx'
import { Button } from '../ui/button.tsx'
import { Composer } from './composer.tsx'
import { Conversation } from './conversation.tsx'
import { HistoryDrawer } from './history-drawer.tsx'
import { HistoryList } from './history-list.tsx'
import type { Retry } from './turn-problem.tsx'

const noTurns: ChatTurn[] = []

export function PlaygroundPage() {
  const { site, session } = useSite()
  const { chats, currentId } = useCell(session.state)
  const [localOnly, setLocalOnly] = useState(() => readPreference('localOnly'))
  const [modelCid, setModelCid] = useState(() => readPreference('modelCid'))
  const [settings, setSettings] = useState(() => readPreference('settings'))
  const [draft, setDraft] = useState('')
  const chat = currentId ? chats[currentId] : undefined
  const where = localOnly ? 'local' : 'network'

  const { payAtMost, setPayAtMost, maxPrice } = usePayAtMost()

  const ask = useCallback(
    (prompt: string) => {
      site.open()
      session.send(prompt, { where, modelCid, settings, maxPrice })
    },
    [site, session, where, modelCid, settings, maxPrice],
  )
  const retry = useCallback(
    (turnId: string, { slide, free, ...again }: Retry) => {
      const how = slide ? { ...settings, overflow: 'slide' } : settings
      const pays = free ? null : maxPrice
      const at = again.where ?? where
      void session.retry(turnId, { where: at, modelCid, settings: how, maxPrice: pays })
    },
    [session, where, modelCid, settings, maxPrice],
  )
  const edit = useCallback(
    async (turnId: string) => setDraft(await session.takeBack(turnId)),
    [session],
  )
  useEffect(() => writePreference('localOnly', localOnly), [localOnly])
  useEffect(() => writePreference('modelCid', modelCid), [modelCid])
  useEffect(() => writePreference('settings', settings), [settings])

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
        <Conversation
          chat={chat}
          onExample={ask}
          onRetry={retry}
          onEdit={edit}
          onCancel={session.stop}
        />
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
          settings={settings}
          onSettings={setSettings}
          price={
            <>
              <PriceLine
                prompt={draft}
                earlier={chat?.turns ?? noTurns}
                settings={settings}
                modelCid={modelCid}
                payAtMost={payAtMost}
                onPayAtMost={setPayAtMost}
              />
              <PayPrivately />
            </>
          }
        />
      </main>
    </div>
  )
}
