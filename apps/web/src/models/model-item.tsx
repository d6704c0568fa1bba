import { useCell } from '@weft/react'
import type { BackendChoice, EngineState, Fit, Models } from '@weft/sdk'
import { chosenBackend } from '../contribute/backend.ts'
import { engineSentence } from '../playground/run-words.ts'
import { type FitOf, useKeptBytes } from '../site/use-device.ts'
import { Bar } from '../ui/bar.tsx'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { backendToLoad } from './fit-by-choice.ts'
import { FitLine } from './fit-line.tsx'
import { lastLoad, load } from './loads.ts'
import { type Named, nameAmong } from './model-names.ts'
import { modelLine, variantLine } from './model-words.ts'
import type { ShelfModel, ShelfVariant } from './shelf.ts'
import { publisherWords } from './store-words.ts'

type ModelItemProps = {
  models: Models
  model: ShelfModel
  /** All that are on the page. */
  named: readonly Named[]
  fit: FitOf
}

/** A model that can be loaded, and each of its variants. */
export function ModelItem({ models, model, named, fit }: ModelItemProps) {
  return (
    <li className="on-paper rounded-md border border-thread bg-paper p-4 sm:p-5">
      <h3 className="font-semibold">
        {model.name}
        {model.isImported && <span className="ml-2 text-sm font-normal text-ash">imported</span>}
      </h3>
      <p className="mt-0.5 max-w-[66ch] wrap-anywhere">{model.sentence}</p>
      {model.publisher && (
        <p className="mt-1 text-sm text-weld">{publisherWords(model.publisher)}</p>
      )}
      <p className="mt-1 text-sm text-ash tabular-nums">{modelLine(model)}</p>
      <ul className="mt-3">
        {model.variants.map((variant) => (
          <VariantRow
            key={variant.modelCid ?? variant.dtype}
            models={models}
            name={model.name}
            named={named}
            variant={variant}
            fit={fit(variant)}
          />
        ))}
      </ul>
    </li>
  )
}

type VariantRowProps = {
  models: Models
  name: string
  named: readonly Named[]
  variant: ShelfVariant
  fit: Fit | null
}

function VariantRow({ models, name, named, variant, fit }: VariantRowProps) {
  const { dtype, task, modelCid } = variant
  const keptBytes = useKeptBytes()(modelCid)
  return (
    <li className="grid gap-x-4 gap-y-2 border-t border-thread py-3 last:pb-0 sm:grid-cols-[minmax(0,1fr)_auto]">
      <div className="grid gap-0.5">
        <p className="text-sm tabular-nums">
          <span className="font-mono text-xs">{dtype}</span>
          {' · '}
          {variantLine(variant, { fit, keptBytes })}
        </p>
        <FitLine fit={fit} isReady={modelCid !== null} />
      </div>
      {!modelCid ? (
        <p className="text-sm text-ash">Not on this site yet</p>
      ) : task !== 'chat' ? (
        <p className="text-sm text-ash">
          {task === 'speech' ? 'For speech, not for chat' : 'For vectors, not for chat'}
        </p>
      ) : (
        <LoadControl
          models={models}
          name={nameAmong({ name, dtype, modelCid }, named)}
          modelCid={modelCid}
          runs={fit?.runs === true}
          backend={backendToLoad(chosenBackend(), { fit, needs: variant.needs })}
        />
      )}
    </li>
  )
}

type LoadControlProps = {
  models: Models
  /** Tells it from every other on the page. */
  name: string
  modelCid: string
  runs: boolean
  backend: BackendChoice
}

/** Loads a model on this device; shows how far it is, and ends it. */
function LoadControl({ models, name, modelCid, runs, backend }: LoadControlProps) {
  const engine = useCell(models.engine)
  const last = useCell(lastLoad)
  const own = last?.modelCid === modelCid ? last : null
  const controller = own?.controller
  const mine = engine.phase !== 'empty' && engine.modelCid === modelCid
  const busy = mine && (engine.phase === 'downloading' || engine.phase === 'loading')
  const isReady = mine && engine.phase === 'ready'
  const failure = mine && engine.phase === 'failed' ? engine.error : (own?.error ?? null)
  const error = isReady || busy ? null : failure
  return (
    <>
      <p
        role="status"
        aria-label={name}
        className="text-sm text-moss empty:sr-only sm:self-center sm:text-right"
      >
        {isReady &&
          `Loaded on this device (${engine.result.engine.backend === 'webgpu' ? 'WebGPU' : 'CPU'})`}
      </p>
      {!isReady && (
        // One button that changes its words, so that it keeps the focus.
        <Button
          kind="plain"
          className="justify-self-start max-sm:order-last sm:self-center"
          aria-label={controller ? `Cancel loading ${name}` : `Load here: ${name}`}
          disabled={!controller && (!runs || busy)}
          onClick={() =>
            controller ? controller.abort() : void load(models, { modelCid, backend })
          }
        >
          {controller ? 'Cancel' : 'Load here'}
        </Button>
      )}
      {busy && (
        <div className="grid gap-2 sm:col-span-2">
          <Bar share={shareOf(engine)} label={`Loading ${name}`} />
          <p className="text-sm text-ash tabular-nums">{engineSentence(engine)}</p>
        </div>
      )}
      {controller && !busy && (
        <p className="text-sm text-ash sm:col-span-2">Waiting for the model that is loading now.</p>
      )}
      {error && (
        <div className="sm:col-span-2">
          <ErrorNote error={error} />
        </div>
      )}
    </>
  )
}

/** Fetching is most of the wait; what follows is shown as a full bar. */
function shareOf(engine: EngineState): number {
  if (engine.phase !== 'downloading') return 1
  return engine.totalBytes > 0 ? engine.loadedBytes / engine.totalBytes : 0
}
