/**
 * Which models run on this device, told before anything is fetched.
 * @module
 */
import type { CachedModel, Cell, Device, Fit, ModelEntry, Needs, StorageSpace } from '@weft/sdk'
import { useCallback, useEffect, useState } from 'react'
import { useOpened } from './tab-context.tsx'
import { useCell } from './use-cell.ts'

const unknownSpace: Cell<StorageSpace | null> = { get: () => null, subscribe: () => () => {} }
const nothing: never[] = []
const nothingKept: Cell<CachedModel[]> = { get: () => nothing, subscribe: () => () => {} }
const noModels: Cell<ModelEntry[]> = { get: () => nothing, subscribe: () => () => {} }

/** Null until the browser has told; told again when its storage changes. */
export function useDevice(): Device | null {
  const opened = useOpened()
  const [device, setDevice] = useState<Device | null>(null)
  const space = useCell(opened?.tab.models.storage ?? unknownSpace)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another space is another device.
  useEffect(() => {
    let shown = true
    void opened?.readDevice().then((read) => shown && setDevice(read))
    return () => {
      shown = false
    }
  }, [opened, space])
  return device
}

/** @returns a function that says how many bytes of a model this browser keeps */
export function useKeptBytes(): (modelCid: string | null) => number {
  const cached = useCell(useOpened()?.tab.models.cached ?? nothingKept)
  return useCallback(
    (modelCid) => cached.find((each) => each.modelCid === modelCid)?.cachedBytes ?? 0,
    [cached],
  )
}

/** @returns a function that says null while the device is unknown */
export function useFit(): (model: { modelCid: string | null; needs: Needs }) => Fit | null {
  const opened = useOpened()
  const device = useDevice()
  const keptBytes = useKeptBytes()
  return useCallback(
    ({ modelCid, needs }) => {
      if (!opened || !device) return null
      const downloadBytes = Math.max(0, needs.downloadBytes - keptBytes(modelCid))
      return opened.fitsDevice({ ...needs, downloadBytes }, device)
    },
    [opened, device, keptBytes],
  )
}

/** @returns false only where it is known that the model does not run on this device */
export function useRunsHere(modelCid: string | undefined): boolean {
  const list = useCell(useOpened()?.tab.models.list ?? noModels)
  const fit = useFit()
  const entry = list.find((each) => each.modelCid === modelCid)
  return !entry || fit(entry)?.runs !== false
}
