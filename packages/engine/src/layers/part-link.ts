/**
 * What the tab that samples asks of a tab that computes some layers. The caches there are addressed by
 * numbers that the asking side gives out, and hold its rows until it frees them or goes.
 * @module
 */
import type { PartStep } from '@weft/protocol'
import type { WaitOptions } from '../engine.ts'

export type PartLink = {
  /**
   * One at a time.
   * @param states float32 [rows, tokens, width] of `step.forward`, else empty
   * @returns float32 [rows, positions, width], the positions that were asked for
   * @throws WeftError `engine/out-of-memory` when that side has no room; any other is its end
   */
  step(step: PartStep, states: Float32Array, options?: WaitOptions): Promise<Float32Array>
  /** Frees everything there. Never throws. */
  close(): void
}

/** Finds a tab that computes a part, counted from 1, and opens a link to it. */
export type ConnectPart = (part: number, options: WaitOptions) => Promise<PartLink>

/** Where the graphs of a part lie in its folder. */
export const partPaths = {
  opening: 'onnx/opening.onnx',
  closing: 'onnx/closing.onnx',
  layers: 'onnx/layers.onnx',
} as const

/** What makes a model of parts: graphs among its files, and the tabs that compute the others. */
export type SplitInit = {
  opening: string
  closing: string
  /** Beside the opening, at least 1. */
  parts: number
  /** Of the states. */
  width: number
  connect: ConnectPart
}
