/**
 * Asks the browser what the device has; starts nothing.
 * @module
 */
import type { Device, DeviceGpu } from './fits-device.ts'

export async function readDevice(): Promise<Device> {
  const [gpu, freeStorageBytes] = await Promise.all([readGpu(), readFreeStorage()])
  const { deviceMemory } = navigator as { deviceMemory?: number }
  return { gpu, freeStorageBytes, memoryBytes: deviceMemory ? deviceMemory * 1e9 : null }
}

async function readGpu(): Promise<DeviceGpu | null> {
  if (!('gpu' in navigator) || !navigator.gpu) return null
  const adapter = await navigator.gpu.requestAdapter().catch(() => null)
  if (!adapter) return null
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info
  const name = description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed adapter'
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits
  return {
    name,
    features: [...adapter.features],
    maxBufferBytes: Math.min(maxBufferSize, maxStorageBufferBindingSize),
    isSoftware: isFallbackAdapter || isSoftware(`${architecture} ${description}`),
  }
}

/** Browsers do not always mark software adapters as such. */
function isSoftware(name: string): boolean {
  return /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp/i.test(name)
}

async function readFreeStorage(): Promise<number | null> {
  try {
    const { quota, usage } = await navigator.storage.estimate()
    return quota === undefined ? null : Math.max(0, quota - (usage ?? 0))
  } catch {
    return null
  }
}
