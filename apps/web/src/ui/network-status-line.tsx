import { useCell } from '@weft/react'
import type { Cell, NetworkStatus } from '@weft/sdk'
import { type NetworkWords, networkWords } from './network-words.ts'

/** Dot and word; the sentence, when there is one, gets a line of its own. */
export function NetworkStatusLine({ network }: { network: Cell<NetworkStatus> | null }) {
  if (!network) {
    return <StatusLine words={{ state: 'connecting', word: 'Starting', sentence: null }} />
  }
  return <KnownStatusLine network={network} />
}

function KnownStatusLine({ network }: { network: Cell<NetworkStatus> }) {
  return <StatusLine words={networkWords(useCell(network))} />
}

const dotClass = {
  online: 'bg-moss',
  connecting: 'border border-edge',
  offline: 'bg-weld rounded-none rotate-45',
}

function StatusLine({ words: { state, word, sentence } }: { words: NetworkWords }) {
  return (
    <div role="status" aria-label="Network status" className="contents text-sm">
      <span className="ml-auto flex items-center gap-2 text-ash">
        <span aria-hidden="true" className={`size-2 rounded-full ${dotClass[state]}`} />
        <span className="max-[420px]:sr-only">{word}</span>
      </span>
      {sentence && (
        <span className="-mx-4 grow basis-full border-t border-thread px-4 py-2 text-ink max-[400px]:-mx-3 max-[400px]:px-3 sm:-mx-6 sm:px-6">
          {sentence}
        </span>
      )}
    </div>
  )
}
