import type { Needs } from '@weft/sdk'

/** Of a small model, for tests. */
export const sampleNeeds: Needs = {
  backends: ['webgpu', 'wasm'],
  features: [],
  tensorBytes: null,
  downloadBytes: 2e6,
  memoryBytes: 1e7,
  cpuMemoryBytes: 1e7,
  largestFileBytes: 2e6,
}
