/**
 * Weights as ggml's blocks of 32, rounded as `quantize_row_q8_0_ref` and `quantize_row_q4_0_ref` in
 * llama.cpp's `ggml-quants.c` do.
 * @module
 */
/// <reference lib="esnext.float16" />

export type GgufDtype = 'F32' | 'Q8_0' | 'Q4_0'

/** Values that share one scale; a row's length must be a multiple. */
const blockValues = 32

/** Bytes of one block: a float16 scale, then 32 values of 8 or 4 bits. */
const blockBytes = { Q8_0: 34, Q4_0: 18 }

/** @throws RangeError when `values` are no whole number of blocks */
export function quantise(values: Float32Array, dtype: GgufDtype): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  if (values.length % blockValues !== 0) {
    throw new RangeError(`${values.length} values are no whole number of blocks of ${blockValues}.`)
  }
  const stride = blockBytes[dtype]
  const bytes = new Uint8Array((values.length / blockValues) * stride)
  const view = new DataView(bytes.buffer)
  const writeBlock = dtype === 'Q8_0' ? writeQ8Block : writeQ4Block
  for (let block = 0; block * blockValues < values.length; block += 1) {
    const from = block * blockValues
    writeBlock(view, block * stride, values.subarray(from, from + blockValues))
  }
  return bytes
}

function writeQ8Block(view: DataView, offset: number, values: Float32Array): void {
  const scale = Math.fround(Math.abs(furthestFromZero(values)) / 127)
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale)
  view.setFloat16(offset, scale, true)
  for (const [index, value] of values.entries()) {
    const scaled = Math.fround(value * inverse)
    view.setInt8(offset + 2 + index, Math.sign(scaled) * Math.round(Math.abs(scaled)))
  }
}

/** Byte i holds value i in its low half and value i + 16 in its high half, each plus 8. */
function writeQ4Block(view: DataView, offset: number, values: Float32Array): void {
  const scale = Math.fround(furthestFromZero(values) / -8)
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale)
  const half = blockValues / 2
  const nibble = (index: number): number =>
    Math.min(15, Math.trunc(Math.fround((values[index] ?? 0) * inverse) + 8.5))
  view.setFloat16(offset, scale, true)
  for (let index = 0; index < half; index += 1) {
    view.setUint8(offset + 2 + index, nibble(index) | (nibble(index + half) << 4))
  }
}

function furthestFromZero(values: Float32Array): number {
  let furthest = 0
  for (const value of values) if (Math.abs(value) > Math.abs(furthest)) furthest = value
  return furthest
}
