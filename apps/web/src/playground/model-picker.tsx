import { Link } from '@tanstack/react-router'
import { useCell } from '@weft/react'
import type { Cell, Fit, ModelEntry, Models } from '@weft/sdk'
import { chatModels, nameAmong, toNamed } from '../models/model-names.ts'
import { formatParameters, nodesWords } from '../models/model-words.ts'
import { count, formatBytes } from '../row/summary.ts'
import type { FirstModel } from '../site/look.ts'
import { useFit, useKeptBytes } from '../site/use-device.ts'
import { useLiveNodes } from '../site/use-live-nodes.ts'

type ModelPickerProps = {
  models: Models | null
  /** What is known before the tab is open. */
  first: FirstModel | null
  modelCid: string | null
  onModel: (modelCid: string) => void
}

const noModels: ModelEntry[] = []
const emptyList: Cell<ModelEntry[]> = { get: () => noModels, subscribe: () => () => {} }

/** A model that does not run here stays: other tabs may serve it. */
export function ModelPicker({ models, first, modelCid, onModel }: ModelPickerProps) {
  const list = chatModels(useCell(models?.list ?? emptyList))
  const named = list.map(toNamed)
  const chosen = useChosen(models, modelCid)
  const fit = useFit()
  useLiveNodes(models)
  return (
    <select
      aria-label="Model"
      aria-describedby="model-facts"
      value={chosen?.modelCid ?? ''}
      disabled={list.length === 0}
      onChange={(event) => onModel(event.target.value)}
      className="field-sizing-content min-h-9 max-w-44 min-w-0 truncate rounded-md bg-transparent text-sm font-medium hover:bg-thread/50"
    >
      {list.length === 0 && <option value="">{first?.name ?? 'Model'}</option>}
      {list.map((entry) => (
        <option key={entry.modelCid} value={entry.modelCid} className="bg-paper">
          {nameAmong(toNamed(entry), named)}
          {fit(entry)?.runs === false ? ' (not here)' : ''}
        </option>
      ))}
    </select>
  )
}

/** What a person weighs when choosing a model. */
export function ModelFacts({ models, first, modelCid }: Omit<ModelPickerProps, 'onModel'>) {
  const chosen = useChosen(models, modelCid)
  const fit = useFit()
  const keptBytes = useKeptBytes()
  const facts = chosen
    ? modelFacts(chosen, fit(chosen), keptBytes(chosen.modelCid))
    : first && firstFacts(first)
  return (
    <p id="model-facts" className="min-h-4 text-xs text-ash">
      {facts && `${facts} `}
      <Link to="/models" className="text-indigo underline underline-offset-2">
        All models
      </Link>
    </p>
  )
}

function useChosen(models: Models | null, modelCid: string | null): ModelEntry | undefined {
  const list = chatModels(useCell(models?.list ?? emptyList))
  return list.find((entry) => entry.modelCid === modelCid) ?? list[0]
}

/** Size, licence, context, who serves it, and what it costs to run here. */
function modelFacts(
  { manifest, liveNodes, prices, downloadBytes }: ModelEntry,
  fit: Fit | null,
  keptBytes: number,
): string {
  const here =
    fit?.runs === false
      ? `not on this device: ${fit.why}`
      : keptBytes < downloadBytes
        ? `${formatBytes(downloadBytes - keptBytes)} to run here.`
        : 'kept in this browser.'
  return [...whatItIs(manifest), nodesWords({ liveNodes, prices }), here].join(' · ')
}

/** Who serves it is said above; whether it runs here nobody has looked at. */
function firstFacts(model: FirstModel): string {
  return [...whatItIs(model), `${formatBytes(model.downloadBytes)} to run here.`].join(' · ')
}

type Described = Pick<FirstModel, 'parameters' | 'licence' | 'contextTokens'>

function whatItIs({ parameters, licence, contextTokens }: Described): string[] {
  return [formatParameters(parameters), licence, `${count(contextTokens, 'token')} of context`]
}
