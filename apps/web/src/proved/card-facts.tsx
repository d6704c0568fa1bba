import type { ModelCard } from '@weft/sdk/proved'

/** What is public of a model with secret weights. */
export function CardFacts({ card: { commitment, measured } }: { card: ModelCard }) {
  const { accuracyBefore, accuracyAfter, rows } = measured
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
      <dt className="text-ash">Network</dt>
      <dd>16-32-16-3, weights of 8 bits</dd>
      <dt className="text-ash">Commitment</dt>
      <dd className="truncate font-mono text-xs leading-5" title={commitment}>
        {commitment}
      </dd>
      <dt className="text-ash">Right</dt>
      <dd>
        {percent(accuracyAfter)} of {rows.toLocaleString('en')} that it had not seen,{' '}
        {percent(accuracyBefore)} before its weights were rounded
      </dd>
    </dl>
  )
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
