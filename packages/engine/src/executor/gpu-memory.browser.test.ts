import * as ort from 'onnxruntime-web/webgpu'
import { expect, test } from 'vitest'
import { createGpuMemory } from './gpu-memory.ts'

/** A device that has no room for every second buffer, and says so as late as devices do. */
async function openSmallDevice(): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter()
  const device = (await adapter?.requestDevice()) as GPUDevice
  const { popErrorScope } = device
  let buffers = 0
  device.popErrorScope = async () => {
    buffers += 1
    const isLacking = buffers % 2 === 0
    const error = await popErrorScope.call(device)
    return isLacking ? new GPUOutOfMemoryError('No room.') : error
  }
  return device
}

test('what was copied from a buffer that never was is found out, though that is gone', async () => {
  const device = await openSmallDevice()
  const memory = createGpuMemory(
    { ort, executionProvider: 'webgpu', info: { runtime: '', backend: 'webgpu', device: '' } },
    device,
  )
  const allocate = () => memory.allocate('float32', [1, 1, 4, 4])
  const [there, lacking, copy, , copyOfCopy] = [1, 2, 3, 4, 5].map(allocate)
  if (!there || !lacking || !copy || !copyOfCopy) throw new TypeError('Five were made.')
  const all = [{ from: 0, to: 0, length: 16 }]
  memory.copy(lacking, copy, all)
  lacking.dispose()
  memory.copy(copy, copyOfCopy, all)
  copy.dispose()
  await expect(memory.check([there, copyOfCopy])).rejects.toThrow(
    expect.objectContaining({ code: 'engine/out-of-memory' }),
  )
  await memory.check([there, new ort.Tensor('float32', [1])])
  device.destroy()
})
