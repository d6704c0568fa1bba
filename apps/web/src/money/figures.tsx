import { exactWeft, weft } from './amounts.ts'

type FiguresProps = { figures: readonly (readonly [name: string, wei: bigint | null])[] }

/** Amounts side by side; all digits of each are in its title. */
export function Figures({ figures }: FiguresProps) {
  return (
    <dl className="grid grid-cols-2 gap-4 sm:grid-cols-4">
      {figures.map(([name, wei]) => (
        <div key={name} className="flex flex-col-reverse justify-end">
          <dt className="text-xs text-ash sm:text-sm">{name}</dt>
          <dd
            title={wei === null ? undefined : exactWeft(wei)}
            className="text-lg font-semibold tabular-nums sm:text-xl"
          >
            {wei === null ? '…' : weft(wei)}
          </dd>
        </div>
      ))}
    </dl>
  )
}
