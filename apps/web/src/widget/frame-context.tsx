/**
 * What every part of the frame needs.
 * @module
 */

import { useCell } from '@weft/react'
import { createContext, use } from 'react'
import type { Frame } from './frame-model.ts'
import { type FrameWords, frameWords } from './words.ts'

export const FrameContext = createContext<Frame | null>(null)

export function useFrame(): Frame {
  const frame = use(FrameContext)
  if (!frame) throw new Error('FrameContext is missing above this component.')
  return frame
}

export function useWords(): FrameWords {
  return frameWords(useCell(useFrame().line.config).lang).words
}

/** Of the page, as people write it. */
export function hostOf(origin: string): string {
  return new URL(origin).host
}
