import { useCell } from '@weft/react'
import type { Tab } from '@weft/sdk'
import { Button } from './button.tsx'

/** Stays until the reload: what is asked meanwhile is answered, and lost. */
export function OutdatedNote({ tab }: { tab: Tab }) {
  if (!useCell(tab.isOutdated)) return null
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-thread px-4 py-2 text-sm sm:px-6"
    >
      <p>
        A newer Weft is open in another tab of this browser. Until this tab is reloaded, it keeps
        nothing of what you ask.
      </p>
      <Button kind="plain" onClick={() => location.reload()}>
        Reload
      </Button>
    </div>
  )
}
