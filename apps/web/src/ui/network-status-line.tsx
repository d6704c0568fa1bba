import { useCell } from '@weft/react'
import type { Cell, NetworkStatus } from '@weft/sdk'
import type { SiteState } from '../site/open-site.ts'
import { useNodesSeen } from '../site/use-look.ts'
import { type NetworkWords, networkWords, restingWords } from './network-words.ts'

const starting: NetworkWords = { state: 'connecting', word: 'Starting', sentence: null }
const failed: NetworkWords = { state: 'offline', word: 'Not started', sentence: null }

/** Dot and word; the sentence, when there is one, gets a line of its own. */
export function NetworkStatusLine({ site }: { site: SiteState }) {
  if (site.phase === 'ready') return <KnownStatusLine network={site.tab.network} />
  if (site.phase === 'resting') return <RestingStatusLine />
  return <StatusLine words={site.phase === 'failed' ? failed : starting} />
}

function RestingStatusLine() {
  return <StatusLine words={restingWords(useNodesSeen())} />
}

function KnownStatusLine({ network }: { network: Cell<NetworkStatus> }) {
  return <StatusLine words={networkWords(useCell(network))} />
}

const dotClass = {
  online: 'bg-moss',
  connecting: 'border border-edge',
  resting: 'border border-edge',
  offline: 'bg-weld rounded-none rotate-45',
}

function StatusLine({ words: { state, word, sentence } }: { words: NetworkWords }) {
  // Who only reads hears nothing of a count that changes beside the text.
  const live = state === 'resting' ? 'off' : 'polite'
  return (
    <div role="status" aria-live={live} aria-label="Network status" className="contents text-sm">
      <span className="ml-auto flex items-center gap-2 text-ash">
        <span aria-hidden="true" className={`size-2 rounded-full ${dotClass[state]}`} />
        <span className="max-[420px]:sr-only">{word}</span>
      </span>
      {sentence && (
        <span className="-mx-4 grow basis-full border-t border-thread px-4 py-2 text-ink max-[400px]:-mx-3 max-[400px]:px-3 max-[380px]:-mx-2.5 max-[380px]:px-2.5 sm:-mx-6 sm:px-6">
          {sentence}
        </span>
      )}
    </div>
  )
}
