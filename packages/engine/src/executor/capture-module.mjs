/**
 * Loaded by ONNX Runtime in place of its own module factory (`env.wasm.wasmPaths.mjs`): the same
 * factory, whose module the engine sees too, see `ort-heap.ts`. `?factory=` names the real one.
 */
const url = new URL(import.meta.url)
const factory = await import(/* @vite-ignore */ url.searchParams.get('factory'))

export default async function createModule(config) {
  const module = await factory.default(config)
  globalThis[Symbol.for('weft.ort-module')] = module
  return module
}
