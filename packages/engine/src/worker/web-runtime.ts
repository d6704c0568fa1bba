/**
 * ONNX Runtime Web, one build per backend, only the chosen one fetched: the plain WebAssembly build
 * for the CPU, and for WebGPU the native execution provider, with JavaScript Promise Integration
 * where the browser has it and asyncify elsewhere.
 * @module
 */
import { type EngineInfo, WeftError } from '@weft/protocol'
import asyncifyModuleUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url'
import asyncifyWasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url'
import jspiModuleUrl from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url'
import jspiWasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url'
import cpuModuleUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url'
import cpuWasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import { captureHeap } from '../executor/capture-heap.ts'
import type { Runtime, RuntimeChoice } from '../runtime.ts'

type OrtWeb = typeof import('onnxruntime-web')

const maxThreads = 4
/**
 * Below this a decode step is over before the other threads are awake. A model of 2.8 MB in Chromium
 * on 2 cores, answers of 100 tokens alternately on two threads and on one: 0.94 and 0.90 times the
 * tokens/s of one thread on a quiet machine (medians of 60 and 30 pairs), 0.76 and 0.54 times beside
 * other work (24 pairs each). A prefill of 128 tokens is faster on two, 15 ms instead of 26; 100 tokens
 * of answer lose 10 ms on a quiet machine and up to 110 on a busy one. Where the bound lies is a guess:
 * no larger model was measured.
 */
const threadedFromBytes = 32 * 1024 * 1024

export type WebRuntimeInit = {
  /** Threads of the CPU backend; null chooses by the model and the machine. */
  threads: number | null
  weightBytes: number
}

/** @throws WeftError `engine/no-webgpu`, `engine/runtime-missing` */
export async function openWebRuntime(
  choice: RuntimeChoice,
  init: WebRuntimeInit,
): Promise<Runtime> {
  if (choice === 'wasm') return openCpu(chooseThreads(init))
  const adapter = await findAdapter()
  if (choice === 'hardware-webgpu' && isSoftware(adapter)) {
    throw new WeftError(
      'engine/no-webgpu',
      'The only graphics device here is software, which is slower than the CPU backend.',
      { facts: [`Adapter: ${nameOf(adapter)}`] },
    )
  }
  return openWebGpu(adapter)
}

async function openCpu(threads: number): Promise<Runtime> {
  const ort = await fetchRuntime(() => import('onnxruntime-web/wasm'))
  const { mjs, heap } = captureHeap(new URL(cpuModuleUrl, import.meta.url))
  ort.env.wasm.wasmPaths = { wasm: cpuWasmUrl, mjs }
  ort.env.wasm.numThreads = threads
  const device = threads === 1 ? 'CPU, 1 thread' : `CPU, ${threads} threads`
  const info: EngineInfo = { ...runtimeName(ort), backend: 'wasm', device }
  return { ort, executionProvider: 'wasm', info, heap }
}

async function openWebGpu(adapter: GPUAdapter): Promise<Runtime> {
  const hasJspi = 'Suspending' in WebAssembly
  const ort = hasJspi
    ? await fetchRuntime(() => import('onnxruntime-web/jspi'))
    : await fetchRuntime(() => import('onnxruntime-web/webgpu'))
  ort.env.wasm.wasmPaths = hasJspi
    ? { wasm: jspiWasmUrl, mjs: jspiModuleUrl }
    : { wasm: asyncifyWasmUrl, mjs: asyncifyModuleUrl }
  // The CPU only feeds the device.
  ort.env.wasm.numThreads = 1
  return {
    ort,
    executionProvider: 'webgpu',
    info: { ...runtimeName(ort), backend: 'webgpu', device: nameOf(adapter) },
    device: async () => ort.env.webgpu.device,
    gpuLimits: limitsOf(adapter),
    async lost() {
      const device = await ort.env.webgpu.device
      const { message } = await device.lost
      return message
    },
  }
}

/** ONNX Runtime asks for a device with all that the adapter has. */
function limitsOf({ limits }: GPUAdapter): NonNullable<Runtime['gpuLimits']> {
  const { maxBufferSize, maxStorageBufferBindingSize } = limits
  return {
    maxBufferBytes: maxBufferSize,
    maxTensorBytes: Math.min(maxBufferSize, maxStorageBufferBindingSize),
  }
}

async function fetchRuntime(load: () => Promise<OrtWeb>): Promise<OrtWeb> {
  try {
    const ort = await load()
    ort.env.logLevel = 'error'
    return ort
  } catch (cause) {
    throw WeftError.from(
      cause,
      'engine/runtime-missing',
      'The program that runs models could not be fetched. Check the connection and try again.',
    )
  }
}

function runtimeName(ort: OrtWeb): { runtime: string } {
  return { runtime: `onnxruntime-web ${ort.env.versions.web ?? ''}`.trim() }
}

async function findAdapter(): Promise<GPUAdapter> {
  const gpu = 'gpu' in navigator ? navigator.gpu : undefined
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter) return adapter
  throw new WeftError(
    'engine/no-webgpu',
    gpu
      ? 'This browser offers WebGPU but found no graphics device for it.'
      : 'This browser has no WebGPU.',
  )
}

/** Drivers that compute on the CPU; not all of them say so by `isFallbackAdapter`. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp/i

function isSoftware({ info }: GPUAdapter): boolean {
  return info.isFallbackAdapter || softwareNames.test(`${info.architecture} ${info.description}`)
}

/** e.g. `nvidia ampere`, at most 200 characters. */
function nameOf(adapter: GPUAdapter): string {
  const { vendor, architecture, device, description } = adapter.info
  const parts = [vendor, architecture, device, description].filter((part) => part !== '')
  const name = parts.join(' ') || 'unnamed graphics device'
  return `${name}${isSoftware(adapter) ? ' (software)' : ''}`.slice(0, 200)
}

/** Threads need shared memory, which a page has only when it is cross-origin isolated. */
function chooseThreads({ threads, weightBytes }: WebRuntimeInit): number {
  if (!globalThis.crossOriginIsolated) return 1
  if (threads !== null) return threads
  return weightBytes < threadedFromBytes ? 1 : Math.min(maxThreads, navigator.hardwareConcurrency)
}
