import { exactWeft, weft } from './amounts.ts'
import { aboutWords } from './fiat-words.ts'
import { useFiat } from './use-fiat.ts'

type FiguresProps = { figures: readonly (readonly [name: string, wei: bigint | null])[] }

/** Amounts side by side; all digits of each are in its title. */
export function Figures({ figures }: FiguresProps) {
  const rate = useFiat()
  return (
    <dl className="grid grid-cols-2 gap-4 sm:grid-cols-4">
      {figures.map(([name, wei]) => (
        <div key={name} className="flex flex-col">
          <dt className="order-2 text-xs text-ash sm:text-sm">{name}</dt>
          <dd
            title={wei === null ? undefined : exactWeft(wei)}
            className="order-1 text-lg font-semibold tabular-nums sm:text-xl"
          >
            {wei === null ? '…' : weft(wei)}
          </dd>
          {wei !== null && wei > 0n && rate && (
            <dd className="order-3 text-xs text-ash">{aboutWords(wei, rate)}</dd>
          )}
        </div>
      ))}
    </dl>
  )
}
