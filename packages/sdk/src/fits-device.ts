/**
 * Whether a model runs on a device, told before anything is downloaded.
 * @module
 */
import type { BackendChoice } from '@weft/engine'

/** What a model asks of a device. */
export type Needs = {
  /** What it is meant for, best first. */
  backends: readonly Exclude<BackendChoice, 'auto'>[]
  /** Features that WebGPU must have for it. */
  features: readonly string[]
  /** The largest tensor, which has to fit one GPU buffer; null where nobody measured. */
  tensorBytes: number | null
  /** Still to be fetched and kept: 0 for a model that is here. */
  downloadBytes: number
  /** Loaded on a graphics device: weights and one key/value cache. */
  memoryBytes: number
  /** On the CPU, where quantised weights become float32 if they fit. */
  cpuMemoryBytes: number
  largestFileBytes: number
}

/** What a browser tells of the device it runs on. */
export type Device = {
  /** Null without WebGPU or an adapter. */
  gpu: DeviceGpu | null
  /** Rounded by the browser, at most 8 GB in many; null where it does not say. */
  memoryBytes: number | null
  /** That the browser still grants this site; null where it does not say. */
  freeStorageBytes: number | null
}

export type DeviceGpu = {
  name: string
  features: readonly string[]
  /** One buffer that a shader can read. */
  maxBufferBytes: number
  isSoftware: boolean
}

export type Fit =
  | { runs: true; backend: 'webgpu' | 'wasm'; why: string }
  | { runs: false; why: string }

/** Memory that WebAssembly can address. */
const maxWasmBytes = 4 * 2 ** 30
/** A file lies in one ArrayBuffer, and not every browser makes longer ones. */
const maxFileBytes = 2 * 2 ** 30
/** Of a device's memory; the system and other tabs need theirs. A rule of thumb. */
const memoryShare = 0.6

/** @returns the best backend that runs it, or why none does; in sentences for people */
export function fitsDevice(needs: Needs, device: Device): Fit {
  const obstacle = findObstacle(needs, device)
  if (obstacle) return { runs: false, why: obstacle }
  const refusals: string[] = []
  for (const backend of needs.backends) {
    const bytes = backend === 'webgpu' ? needs.memoryBytes : needs.cpuMemoryBytes
    const words = memoryWords(bytes, bytes > needs.memoryBytes)
    const refusal =
      (backend === 'webgpu' ? refuseGpu(needs, device.gpu) : refuseCpu(needs)) ??
      refuseMemory(bytes, words, device)
    if (!refusal) return { runs: true, backend, why: memorySentence(words, device) }
    refusals.push(refusal)
  }
  return { runs: false, why: refusals.join(' ') }
}

/** What stands against it on every backend. */
function findObstacle(needs: Needs, device: Device): string | null {
  if (needs.largestFileBytes > maxFileBytes) {
    return `One of its files has ${formatBytes(needs.largestFileBytes)}; a browser holds 2.1 GB in one piece.`
  }
  const { freeStorageBytes: free } = device
  if (free !== null && needs.downloadBytes > free) {
    return `Needs ${formatBytes(needs.downloadBytes)} of storage; this browser leaves ${formatBytes(free)} to this site.`
  }
  return null
}

function refuseGpu(needs: Needs, gpu: DeviceGpu | null): string | null {
  if (!gpu) return 'Needs WebGPU, which this browser does not offer here.'
  if (gpu.isSoftware) return 'Needs a graphics device; the one here is software, which is too slow.'
  const lacking = needs.features.filter((feature) => !gpu.features.includes(feature))
  if (lacking.length > 0) return `Needs a graphics device with ${lacking.join(' and ')}.`
  if (needs.tensorBytes !== null && needs.tensorBytes > gpu.maxBufferBytes) {
    return `Needs GPU buffers of ${formatBytes(needs.tensorBytes)}; the ones here have ${formatBytes(gpu.maxBufferBytes)}.`
  }
  return null
}

function refuseCpu({ cpuMemoryBytes: bytes }: Needs): string | null {
  if (bytes <= maxWasmBytes) return null
  return `Needs ${formatBytes(bytes)} of memory; without a graphics device a tab has 4.3 GB.`
}

function refuseMemory(bytes: number, words: string, device: Device): string | null {
  if (device.memoryBytes === null || bytes <= device.memoryBytes * memoryShare) return null
  const sentence = memorySentence(words, device).slice(0, -1)
  return `${sentence}, of which a tab gets little more than half.`
}

/** @param areFloats - a small model may take more than a large one, whose weights stay as they are stored */
function memoryWords(bytes: number, areFloats: boolean): string {
  const how = areFloats ? ' with its weights as 32-bit floats' : ''
  return `Needs about ${formatBytes(Number(bytes.toPrecision(2)))} of memory${how}`
}

function memorySentence(need: string, device: Device): string {
  return device.memoryBytes === null
    ? `${need}; this browser does not say how much there is.`
    : `${need}; this device shows ${formatBytes(device.memoryBytes)}.`
}

/** Two digits, decimal units. */
function formatBytes(bytes: number): string {
  const [value, unit] = bytes < 0.9995e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB']
  return `${value < 9.95 ? Number(value.toFixed(1)) : Math.round(value)} ${unit}`
}
