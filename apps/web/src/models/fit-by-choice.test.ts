import { type Device, type Fit, fitsDevice } from '@weft/sdk'
import { expect, test } from 'vitest'
import { backendToLoad, fitByChoice } from './fit-by-choice.ts'
import { sampleNeeds as needs } from './sample-needs.ts'

const gpu = { name: 'a laptop', features: [], maxBufferBytes: 2 ** 31, isSoftware: false }
const laptop: Device = { gpu, memoryBytes: null, freeStorageBytes: 1e6 }
const init = { fitsDevice, needs, keptBytes: 2e6, device: laptop, choice: 'auto' as const }

test('a chosen backend is the one of the verdict', () => {
  expect(fitByChoice(init)).toMatchObject({ runs: true, backend: 'webgpu' })
  expect(fitByChoice({ ...init, choice: 'wasm' })).toMatchObject({ runs: true, backend: 'wasm' })
})

test('where only the choice is in the way, the verdict says so', () => {
  const onGpu = { ...init, needs: { ...needs, backends: ['webgpu' as const] } }
  expect(fitByChoice({ ...onGpu, choice: 'wasm' })).toEqual({
    runs: false,
    why: 'It runs on WebGPU, but CPU is chosen under Contribute.',
  })
  const noGpu = { ...init, device: { ...laptop, gpu: null } }
  expect(fitByChoice({ ...noGpu, choice: 'webgpu' }).why).toMatch(
    /^Needs WebGPU, .*It runs on CPU, but WebGPU is chosen/,
  )
})

test('what is kept needs no storage, and what fits nowhere is told as ever', () => {
  expect(fitByChoice({ ...init, keptBytes: 0, choice: 'wasm' }).why).not.toContain('chosen')
  expect(fitByChoice({ ...init, keptBytes: 0 }).runs).toBe(false)
})

test('it is loaded where the verdict says', () => {
  const cpu: Fit = { runs: true, backend: 'wasm', why: '' }
  const webgpu: Fit = { ...cpu, backend: 'webgpu' }
  expect(backendToLoad('auto', { fit: cpu, needs })).toBe('wasm')
  expect(backendToLoad('auto', { fit: webgpu, needs })).toBe('auto')
  const gpuOnly = { ...needs, backends: ['webgpu' as const] }
  expect(backendToLoad('auto', { fit: webgpu, needs: gpuOnly })).toBe('webgpu')
  expect(backendToLoad('auto', { fit: null, needs })).toBe('auto')
  expect(backendToLoad('webgpu', { fit: cpu, needs })).toBe('webgpu')
})
