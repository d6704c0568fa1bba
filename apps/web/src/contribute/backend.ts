import type { BackendChoice } from '@weft/sdk'
import { readPreference } from '../site/preferences.ts'

export const backendNames: Record<BackendChoice, string> = {
  auto: 'Automatic',
  webgpu: 'WebGPU',
  wasm: 'CPU',
}

export const backendChoices: BackendChoice[] = ['auto', 'webgpu', 'wasm']

/** Anything unknown is automatic. */
export function parseBackend(text: string): BackendChoice {
  return backendChoices.find((choice) => choice === text) ?? 'auto'
}

/** What was chosen last, for every page. */
export function chosenBackend(): BackendChoice {
  return parseBackend(readPreference('backend'))
}
