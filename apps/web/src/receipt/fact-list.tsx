import { shortPeerId } from '../row/summary.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import type { FactGroup } from './receipt-facts.ts'

export function FactList({ title, facts }: FactGroup) {
  return (
    <section className="mt-6">
      <h3 className="mb-1 text-sm font-semibold">{title}</h3>
      <dl>
        {facts.map(({ name, value, id }) => (
          <div
            key={name + value}
            className="grid min-h-9 grid-cols-[8rem_minmax(0,1fr)] items-center border-t border-thread text-sm"
          >
            <dt className="text-ash">{name}</dt>
            {id ? (
              <dd className="flex items-center justify-between gap-2">
                <span title={value} className="font-mono text-xs whitespace-nowrap">
                  {shortPeerId(value)}
                </span>
                <CopyButton label="Copy" of={name} text={() => value} />
              </dd>
            ) : (
              <dd className="py-1.5 break-words tabular-nums">{value}</dd>
            )}
          </div>
        ))}
      </dl>
    </section>
  )
}
