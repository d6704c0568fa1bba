import type { Fit } from '@weft/sdk'
import { CopyButton } from '../ui/copy-button.tsx'
import { FitLine } from './fit-line.tsx'
import { manifestCommand, modelLine, variantLine } from './model-words.ts'
import type { ShelfModel, ShelfVariant } from './shelf.ts'

type WantedItemProps = { model: ShelfModel; fit: (variant: ShelfVariant) => Fit | null }

/** A model that this site would like to offer: the variant that suits this device, and the way there. */
export function WantedItem({ model, fit }: WantedItemProps) {
  const suited = model.variants.find((variant) => fit(variant)?.runs) ?? model.variants[0]
  if (!suited) return null
  const verdict = fit(suited)
  const command = manifestCommand(model.id, suited.dtype)
  return (
    <li className="grid gap-x-6 gap-y-2 border-t border-thread py-4 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <div>
        <h3 className="font-medium">{model.name}</h3>
        <p className="text-sm">{model.sentence}</p>
        <p className="mt-1 text-sm text-ash tabular-nums">{modelLine(model)}</p>
      </div>
      <div className="grid content-start gap-1">
        <p className="text-sm text-ash tabular-nums">
          <span className="font-mono text-xs text-ink">{suited.dtype}</span>
          {' · '}
          {variantLine(suited, { fit: verdict, keptBytes: 0 })}
        </p>
        <FitLine fit={verdict} isReady={false} />
        <details className="text-sm">
          <summary className="w-fit cursor-pointer text-ash hover:text-ink">
            How to add {model.name}
          </summary>
          <div className="mt-1 -mr-2 flex items-center justify-between gap-2">
            <code className="min-w-0 font-mono text-xs break-words">{command}</code>
            <CopyButton label="Copy" of="the command" text={() => command} />
          </div>
        </details>
      </div>
    </li>
  )
}
