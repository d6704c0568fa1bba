import type { Opinion } from '@weft/sdk'
import { shortPeerId } from '../row/summary.ts'
import { fingerprintWords, opinionWords } from './check-words.ts'
import { MarginPlot } from './margin-plot.tsx'

/** What other tabs found that computed an answer again; nothing where none did. */
export function OpinionList({ opinions }: { opinions: readonly Opinion[] }) {
  if (opinions.length === 0) return null
  return (
    <ol aria-label="What other tabs found" className="mt-4 grid gap-5 text-sm">
      {opinions.map((opinion) => (
        <li key={opinion.verifierPeerId}>
          <p className="font-medium">{opinionWords[opinion.outcome]}</p>
          <MarginPlot opinion={opinion} />
          {opinion.likenesses.length > 0 && <p className="mt-1">{fingerprintWords(opinion)}</p>}
          <p className="mt-1 text-ash">
            Signed by{' '}
            <span className="font-mono text-xs">{shortPeerId(opinion.verifierPeerId)}</span>
            {' · '}
            {new Date(opinion.atMs).toLocaleString('en', {
              dateStyle: 'medium',
              timeStyle: 'short',
            })}
          </p>
        </li>
      ))}
    </ol>
  )
}
