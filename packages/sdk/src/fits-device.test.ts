import { expect, test } from 'vitest'
import { type Device, fitsDevice, type Needs } from './fits-device.ts'

const needs: Needs = {
  backends: ['webgpu', 'wasm'],
  features: [],
  tensorBytes: 200e6,
  downloadBytes: 900e6,
  memoryBytes: 1.3e9,
  cpuMemoryBytes: 2e9,
  largestFileBytes: 890e6,
}

const laptop: Device = {
  gpu: { name: 'a laptop', features: ['shader-f16'], maxBufferBytes: 2 ** 31, isSoftware: false },
  memoryBytes: 8e9,
  freeStorageBytes: 50e9,
}
const phone: Device = { gpu: null, memoryBytes: 4e9, freeStorageBytes: 2e9 }

test('tells what it needs, what there is, and where it will run', () => {
  expect(fitsDevice(needs, laptop)).toEqual({
    runs: true,
    backend: 'webgpu',
    why: 'Needs about 1.3 GB of memory; this device shows 8 GB.',
  })
  expect(fitsDevice(needs, phone)).toMatchObject({ runs: true, backend: 'wasm' })
  expect(fitsDevice(needs, { ...phone, memoryBytes: null, freeStorageBytes: null })).toEqual({
    runs: true,
    backend: 'wasm',
    why: 'Needs about 2 GB of memory with its weights as 32-bit floats; this browser does not say how much there is.',
  })
})

const onGpu: Needs = { ...needs, backends: ['webgpu'], features: ['shader-f16'] }
const gpu = laptop.gpu ?? undefined

test.each<[string, Needs, Device, RegExp]>([
  ['memory', { ...needs, cpuMemoryBytes: 3e9 }, phone, /about 3 GB of memory .* 4 GB, of which/],
  [
    'storage',
    { ...needs, downloadBytes: 2.1e9 },
    phone,
    /2.1 GB of storage; this browser leaves 2 GB/,
  ],
  ['one file', { ...needs, largestFileBytes: 2.4e9 }, laptop, /One of its files has 2.4 GB/],
  [
    'WebAssembly',
    { ...needs, cpuMemoryBytes: 4.5e9, backends: ['wasm'] },
    laptop,
    /a tab has 4.3 GB/,
  ],
  ['no WebGPU', onGpu, phone, /Needs WebGPU/],
  [
    'a feature',
    onGpu,
    { ...laptop, gpu: gpu ? { ...gpu, features: [] } : null },
    /with shader-f16/,
  ],
  ['software', onGpu, { ...laptop, gpu: gpu ? { ...gpu, isSoftware: true } : null }, /too slow/],
  [
    'buffers',
    onGpu,
    { ...laptop, gpu: gpu ? { ...gpu, maxBufferBytes: 2 ** 27 } : null },
    /buffers of 200 MB/,
  ],
])('says that it is too big here: %s', (_, asked, device, words) => {
  const fit = fitsDevice(asked, device)
  expect(fit.runs).toBe(false)
  expect(fit.why).toMatch(words)
})

test('what one backend refuses, the next may take', () => {
  const software = { ...laptop, gpu: gpu ? { ...gpu, isSoftware: true } : null }
  expect(fitsDevice(needs, software)).toMatchObject({ runs: true, backend: 'wasm' })
})

test('a model that is here already needs no storage', () => {
  const full = { ...laptop, freeStorageBytes: 0 }
  expect(fitsDevice(needs, full).runs).toBe(false)
  expect(fitsDevice({ ...needs, downloadBytes: 0 }, full).runs).toBe(true)
})
