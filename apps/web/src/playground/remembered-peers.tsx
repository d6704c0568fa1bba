import { useCell } from '@weft/react'
import type { Peers } from '@weft/sdk'
import { useTab } from '../site/tab-context.tsx'
import { Button } from '../ui/button.tsx'
import { rememberedSentence } from './remembered-words.ts'

/** What this browser remembers of other tabs, and a way to clear it. */
export function RememberedPeers() {
  const tab = useTab()
  return tab && <Remembered peers={tab.peers} />
}

function Remembered({ peers }: { peers: Peers }) {
  const remembered = useCell(peers.remembered)
  const forget = () => peers.forget().catch(() => {}) // An outdated page says so itself.
  return (
    <div className="flex flex-wrap items-center gap-x-2 text-xs text-ash">
      <p role="status" aria-label="Remembered tabs">
        {rememberedSentence(remembered)}
      </p>
      {remembered > 0 && (
        <Button kind="quiet" className="text-xs" onClick={forget}>
          Clear
        </Button>
      )}
    </div>
  )
}
