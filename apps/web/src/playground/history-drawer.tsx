import { lazy, Suspense, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { loadPart } from '../ui/load-part.ts'
import { HistoryList } from './history-list.tsx'

const Sheet = lazy(() =>
  loadPart(() => import('../ui/sheet.tsx')).then(({ Sheet }) => ({ default: Sheet })),
)

/** The history on narrow screens. */
export function HistoryDrawer() {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button kind="quiet" onClick={() => setOpen(true)} aria-haspopup="dialog">
        Chats
      </Button>
      {open && (
        <Suspense>
          <Sheet title="Chats" side="left" onClose={() => setOpen(false)}>
            <HistoryList onChosen={() => setOpen(false)} />
          </Sheet>
        </Suspense>
      )}
    </>
  )
}
