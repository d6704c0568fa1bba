/**
 * Sound for tests.
 * @module
 */

/** What the recordings and the models of the tests have, in samples a second. */
export const sampleRate = 16_000

/** @param bytes a RIFF file of 16-bit mono PCM @returns samples from -1 to 1 */
export function readWav(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const nameAt = (offset: number) => String.fromCharCode(...bytes.subarray(offset, offset + 4))
  let offset = 12 // RIFF, size, WAVE
  while (nameAt(offset) !== 'data') offset += 8 + view.getUint32(offset + 4, true)
  const length = view.getUint32(offset + 4, true) / 2
  const sampleAt = (index: number) => view.getInt16(offset + 8 + index * 2, true) / 32_768
  return Float32Array.from({ length }, (_, index) => sampleAt(index))
}

/** One after the other. */
export function join(...parts: Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/** The faint noise of a quiet room, the same every time. */
export function quiet(seconds: number): Float32Array {
  const length = seconds * sampleRate
  return Float32Array.from({ length }, (_, index) => 1e-3 * Math.sin(index * index * 0.37))
}
