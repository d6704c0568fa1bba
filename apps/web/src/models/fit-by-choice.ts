/**
 * The verdict over a model, and the backend to load it with, where a person may have chosen one.
 * @module
 */
import type { BackendChoice, Device, Fit, fitsDevice, Needs } from '@weft/sdk'
import { backendNames } from '../contribute/backend.ts'

export type FitByChoiceInit = {
  fitsDevice: typeof fitsDevice
  needs: Needs
  /** What of the model this browser keeps already. */
  keptBytes: number
  device: Device
  choice: BackendChoice
}

/** @returns the verdict for the chosen backend alone; where only the choice is in the way, it says so */
export function fitByChoice(init: FitByChoiceInit): Fit {
  const { fitsDevice, device, choice, keptBytes } = init
  const downloadBytes = Math.max(0, init.needs.downloadBytes - keptBytes)
  const needs = { ...init.needs, downloadBytes }
  const best = fitsDevice(needs, device)
  if (choice === 'auto' || !best.runs || best.backend === choice) return best
  const backends = needs.backends.filter((backend) => backend === choice)
  const fit = fitsDevice({ ...needs, backends }, device)
  if (fit.runs) return fit
  const other = `It runs on ${backendNames[best.backend]}, but ${backendNames[choice]} is chosen under Contribute.`
  return { runs: false, why: [fit.why, other].filter(Boolean).join(' ') }
}

/**
 * The engine's own `auto` tries WebGPU first, whatever the model is meant for. It stays where WebGPU is
 * the verdict, so that the CPU can step in, unless the model is not meant for the CPU.
 */
export function backendToLoad(
  choice: BackendChoice,
  { fit, needs }: { fit: Fit | null; needs: Needs },
): BackendChoice {
  if (choice !== 'auto' || !fit?.runs) return choice
  return fit.backend === 'webgpu' && needs.backends.includes('wasm') ? 'auto' : fit.backend
}
