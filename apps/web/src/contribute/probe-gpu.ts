/**
 * What WebGPU this browser has: asked of the browser, nothing is started.
 * @module
 */
export type GpuProbe = { kind: 'none' | 'no-adapter' | 'software' | 'hardware'; name: string }

export async function probeGpu(): Promise<GpuProbe> {
  if (!('gpu' in navigator) || !navigator.gpu) return { kind: 'none', name: '' }
  const adapter = await navigator.gpu.requestAdapter().catch(() => null)
  if (!adapter) return { kind: 'no-adapter', name: '' }
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info
  const name = description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed adapter'
  return { kind: isFallbackAdapter || isSoftware(name) ? 'software' : 'hardware', name }
}

/** Browsers do not always mark software adapters as such. */
function isSoftware(name: string): boolean {
  return /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(name)
}

export function gpuSentence({ kind, name }: GpuProbe): string {
  switch (kind) {
    case 'none':
      return 'This browser has no WebGPU, so the CPU computes.'
    case 'no-adapter':
      return 'No adapter answers, so the CPU computes.'
    case 'software':
      return `${name}: software rendering, slower than the CPU path. Automatic takes the CPU.`
    case 'hardware':
      return name
  }
}
