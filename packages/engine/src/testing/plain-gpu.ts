/**
 * SwiftShader as it computes right: the GroupQueryAttention of ONNX Runtime's WebGPU provider takes a
 * path over subgroups there that is silently wrong from 32 tokens of prompt on.
 * @module
 */

/** Hides subgroups from whoever asks for a device from now on; before the runtime is fetched. */
export function hideSubgroups(): void {
  const { prototype } = GPUAdapter
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'features')
  Object.defineProperty(prototype, 'features', {
    ...descriptor,
    get(this: GPUAdapter) {
      const features = descriptor?.get?.call(this) as GPUSupportedFeatures
      return new Set([...features].filter((name) => !name.startsWith('subgroup')))
    },
  })
}
