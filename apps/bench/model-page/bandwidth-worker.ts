/**
 * Adds up memory with 128-bit loads, sixty-four bytes a turn.
 * @module
 */
import type { ReadTask } from './bandwidth.ts'

const load = (offset: number) => [0x20, 0, 0xfd, 0x00, 4, offset] // local.get at; v128.load
const add = [0xfd, 0xae, 0x01] // i32x4.add
const lane = (sum: number, offset: number) => [0x20, sum, ...load(offset), ...add, 0x21, sum]

const body = [
  ...[1, 4, 0x7b], // locals 2 to 5: four v128
  ...[0x03, 0x40], // loop
  ...lane(2, 0),
  ...lane(3, 16),
  ...lane(4, 32),
  ...lane(5, 48),
  ...[0x20, 0, 0x41, 0xc0, 0x00, 0x6a, 0x22, 0], // at = at + 64
  ...[0x20, 1, 0x49, 0x0d, 0, 0x0b], // again while at < end, unsigned
  ...[0x20, 2, 0x20, 3, ...add, 0x20, 4, 0x20, 5, ...add, ...add],
  ...[0xfd, 0x1b, 0, 0x0b], // the first lane is the result
]

/** Both lengths are below 128, so that one byte holds them. */
const section = (id: number, payload: number[]) => [id, payload.length, ...payload]

/** (import "a" "m" shared memory) (export "sum" (func (param at end) (result i32))) */
const module = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, [1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f]),
  ...section(2, [1, 1, 0x61, 1, 0x6d, 0x02, 0x03, 0, 0x80, 0x80, 0x04]),
  ...section(3, [1, 0]),
  ...section(7, [1, 3, 0x73, 0x75, 0x6d, 0, 0]),
  ...section(10, [1, body.length, ...body]),
])

type Sum = (from: number, to: number) => number

globalThis.onmessage = async ({ data }: MessageEvent<ReadTask>) => {
  const { instance } = await WebAssembly.instantiate(module, { a: { m: data.memory } })
  const sum = instance.exports.sum as Sum
  let total = 0
  for (let pass = 0; pass < data.passes; pass += 1) total += sum(data.from, data.to)
  globalThis.postMessage(total)
}
