/**
 * Which models run on this device, told before anything is fetched.
 * @module
 */

import { useCell } from '@weft/react'
import type {
  BackendChoice,
  CachedModel,
  Cell,
  Device,
  Fit,
  ModelEntry,
  Needs,
  StorageSpace,
} from '@weft/sdk'
import { useCallback, useEffect, useState } from 'react'
import { chosenBackend } from '../contribute/backend.ts'
import { fitByChoice } from '../models/fit-by-choice.ts'
import { useOpened } from './tab-context.tsx'

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

export type FitOf = (model: { modelCid: string | null; needs: Needs }) => Fit | null

/**
 * @param choice - the backend that the verdict is for; the one chosen under Contribute unless given
 * @returns a function that says null while the device is unknown
 */
export function useFit(choice: BackendChoice = chosenBackend()): FitOf {
  const opened = useOpened()
  const device = useDevice()
  const keptBytes = useKeptBytes()
  return useCallback(
    ({ modelCid, needs }) => {
      if (!opened || !device) return null
      const { fitsDevice } = opened
      return fitByChoice({ fitsDevice, needs, keptBytes: keptBytes(modelCid), device, choice })
    },
    [opened, device, keptBytes, choice],
  )
}

/** @returns false only where it is known that the model does not run on this device */
export function useRunsHere(modelCid: string | undefined): boolean {
  const list = useCell(useOpened()?.tab.models.list ?? noModels)
  const fit = useFit()
  const entry = list.find((each) => each.modelCid === modelCid)
  return !entry || fit(entry)?.runs !== false
}
