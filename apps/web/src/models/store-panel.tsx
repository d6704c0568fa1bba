import { useCell } from '@weft/react'
import type { Storing } from '@weft/sdk'
import { Select } from '../ui/select.tsx'
import { givenSentence, parseLimits, peerOptions, speedOptions } from './store-words.ts'

/** What is given to other tabs, how much of it, and how fast it may go. */
export function StorePanel({ storing }: { storing: Storing }) {
  const state = useCell(storing.state)
  const { limits, sentence, shared } = state
  const speed = limits.bytesPerSecond === null ? '' : String(limits.bytesPerSecond)
  const peers = String(limits.maxPeers)
  function choose(nextSpeed: string, nextPeers: string): void {
    const next = parseLimits(nextSpeed, nextPeers)
    if (next) storing.limit(next).catch(() => {}) // An outdated page says so itself.
  }
  return (
    <section aria-labelledby="store-title">
      <h2 id="store-title" className="text-lg font-semibold">
        Shared with other tabs
      </h2>
      <p className="mt-1 max-w-[66ch] text-sm text-ash">
        A model that you share is given to whoever asks, chunk by chunk, as long as this page is
        open.
      </p>
      <p role="status" aria-label="Sharing" className="mt-2 text-sm">
        {sentence}
      </p>
      <p className="text-sm text-ash tabular-nums">{givenSentence(state)}</p>
      {shared.length > 0 && (
        <div className="mt-3 flex flex-wrap gap-4">
          <Select
            label="Upload at most"
            value={speed}
            options={speedOptions}
            disabled={false}
            onChange={(value) => choose(value, peers)}
          />
          <Select
            label="Tabs at once"
            value={peers}
            options={peerOptions}
            disabled={false}
            onChange={(value) => choose(speed, value)}
          />
        </div>
      )}
    </section>
  )
}
