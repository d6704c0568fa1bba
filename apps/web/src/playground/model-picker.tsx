import type { Cell, ModelEntry, Models } from '@weft/sdk'
import { useEffect } from 'react'
import { count, formatBytes } from '../row/summary.ts'
import { useCell } from '../site/use-cell.ts'

type ModelPickerProps = {
  models: Models | null
  modelCid: string | null
  onModel: (modelCid: string) => void
}

const noModels: ModelEntry[] = []
const emptyList: Cell<ModelEntry[]> = { get: () => noModels, subscribe: () => () => {} }

/** How often the count of live nodes is asked for while the page is looked at. */
const refreshEveryMs = 15_000

export function ModelPicker({ models, modelCid, onModel }: ModelPickerProps) {
  const list = useCell(models?.list ?? emptyList)
  const chosen = useChosen(models, modelCid)
  useLiveNodes(models)
  return (
    <select
      aria-label="Model"
      aria-describedby="model-facts"
      value={chosen?.modelCid ?? ''}
      disabled={list.length === 0}
      onChange={(event) => onModel(event.target.value)}
      className="min-h-9 max-w-44 truncate rounded-md bg-transparent text-sm font-medium hover:bg-thread/50"
    >
      {list.length === 0 && <option value="">Model</option>}
      {list.map(({ modelCid: cid, manifest }) => (
        <option key={cid} value={cid} className="bg-paper">
          {manifest.name}
        </option>
      ))}
    </select>
  )
}

/** What a person weighs when choosing a model. */
export function ModelFacts({ models, modelCid }: Omit<ModelPickerProps, 'onModel'>) {
  const chosen = useChosen(models, modelCid)
  return (
    <p id="model-facts" className="min-h-4 text-xs text-ash">
      {chosen && modelFacts(chosen)}
    </p>
  )
}

function useChosen(models: Models | null, modelCid: string | null): ModelEntry | undefined {
  const list = useCell(models?.list ?? emptyList)
  return list.find((entry) => entry.modelCid === modelCid) ?? list[0]
}

/** Size, licence, context, who serves it, and what it costs to run here. */
function modelFacts({ manifest, liveNodes, downloadBytes }: ModelEntry): string {
  const { parameters, licence, contextTokens } = manifest
  const size = `${(parameters / 1e6).toFixed(1)} M parameters`
  const nodes = liveNodes === null ? 'nodes unknown' : `${count(liveNodes, 'node')} live`
  const here = `${formatBytes(downloadBytes)} to run here`
  return [size, licence, `${count(contextTokens, 'token')} of context`, nodes, here].join(' · ')
}

function useLiveNodes(models: Models | null): void {
  useEffect(() => {
    if (!models) return
    const refresh = () => {
      if (document.visibilityState === 'visible') void models.refreshLiveNodes()
    }
    refresh()
    const timer = setInterval(refresh, refreshEveryMs)
    document.addEventListener('visibilitychange', refresh)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', refresh)
    }
  }, [models])
}
