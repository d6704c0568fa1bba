/**
 * What a bench of models is asked for on the command line.
 * @module
 */
import type { ParseArgsOptionsConfig } from 'node:util'
import { refuse } from '../../../tooling/command-line.ts'
import { type BenchDtype, benchDtypes, type ModelName, modelNames } from './bench-models.ts'

export const modelOptions = {
  backend: { type: 'string', default: 'wasm' },
  gpu: { type: 'string', default: 'software' },
  model: { type: 'string', multiple: true, default: [] as string[] },
  dtype: { type: 'string', multiple: true, default: [] as string[] },
} satisfies ParseArgsOptionsConfig

export const modelUsage = `  --backend B        wasm (default) or webgpu
  --gpu G            software (default), or device: whatever the machine has
  --model M          ${modelNames.join(', ')}; may be given more than once
  --dtype D          ${benchDtypes.join(', ')}; may be given more than once`

/** Chromium's WebGPU on the CPU, or on the machine's graphics device. */
export type Gpu = 'software' | 'device'

export type ModelOptions = {
  backend: 'wasm' | 'webgpu'
  gpu: Gpu
  models: readonly ModelName[]
  dtypes: readonly BenchDtype[]
}

type ModelValues = { backend: string; gpu: string; model: string[]; dtype: string[] }

/** All of what is not named; ends the process at a name that there is not. */
export function readModelOptions(usage: string, values: ModelValues): ModelOptions {
  const choose = <Name extends string>(asked: readonly string[], all: readonly Name[]): Name[] => {
    const unknown = asked.find((name) => !all.includes(name as Name))
    if (unknown !== undefined) refuse(usage, `"${unknown}" is none of ${all.join(', ')}.`)
    return all.filter((name) => asked.length === 0 || asked.includes(name))
  }
  const [backend = 'wasm'] = choose([values.backend], ['wasm', 'webgpu'] as const)
  const [gpu = 'software'] = choose([values.gpu], ['software', 'device'] as const)
  return {
    backend,
    gpu,
    models: choose(values.model, modelNames),
    dtypes: choose(values.dtype, benchDtypes),
  }
}
