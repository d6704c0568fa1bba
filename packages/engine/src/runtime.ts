/**
 * A started ONNX Runtime: which build, on which device. The model code takes it as a value, so the
 * same code runs on onnxruntime-web in a worker and on onnxruntime-node in tests.
 * @module
 */
import type { EngineInfo } from '@weft/protocol'
import type { InferenceSession, Tensor } from 'onnxruntime-web'
import type { OrtHeap } from './executor/ort-heap.ts'

/** The part of an ONNX Runtime module that the engine uses. */
export type OrtModule = {
  InferenceSession: { create: typeof InferenceSession.create }
  Tensor: typeof Tensor
}

export type Runtime = {
  ort: OrtModule
  info: EngineInfo
  executionProvider: 'webgpu' | 'wasm' | 'cpu'
  /** Of a session, where each has its own; absent: the runtime's choice. */
  threads?: number
  /**
   * Settles with the reason when the device is lost; ask once a session exists, which creates the
   * device. Absent where there is none to lose.
   */
  lost?: () => Promise<string>
  /** The device of a WebGPU backend; ask once a session exists. */
  device?: () => Promise<GPUDevice>
  /** In bytes, as the device will have them. */
  gpuLimits?: { maxBufferBytes: number; maxTensorBytes: number }
  /** The memory of a WebAssembly backend, where it could be had; ask once a session exists. */
  heap?: () => Promise<OrtHeap | undefined>
}

/** `hardware-webgpu` refuses an adapter that is software: slower than the CPU path. */
export type RuntimeChoice = 'hardware-webgpu' | 'webgpu' | 'wasm'

/**
 * @param model its weights in bytes: a small model computes faster than threads wake up
 * @throws WeftError `engine/no-webgpu`, `engine/runtime-missing`
 */
export type OpenRuntime = (
  choice: RuntimeChoice,
  model: { weightBytes: number },
) => Promise<Runtime>
