import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { float32OfHalves } from '../graph/float16.ts'
import type { FloatType, Largest } from './executor.ts'
import { createGpuSelector, type GpuSelector } from './select-largest.ts'

/** `GPUBufferUsage` */
const usage = { mapRead: 0x01, copyTarget: 0x08, storage: 0x80 }

let device: GPUDevice
let select: GpuSelector
const complaints: string[] = []

beforeAll(async () => {
  const adapter = await navigator.gpu.requestAdapter()
  device = (await adapter?.requestDevice()) as GPUDevice
  device.addEventListener('uncapturederror', ({ error }) => complaints.push(error.message))
  select = createGpuSelector(device)
})
afterAll(() => {
  expect(complaints).toEqual([])
  device.destroy()
})

type Pick = { bits: Uint32Array | Uint16Array; width: number; rows: number[]; k: number }

async function pick({ bits, width, rows, k }: Pick) {
  const type: FloatType = bits instanceof Uint16Array ? 'float16' : 'float32'
  const source = device.createBuffer({
    size: Math.ceil(bits.byteLength / 4) * 4,
    usage: usage.storage | usage.copyTarget,
    mappedAtCreation: true,
  })
  const Bits = bits.constructor as Uint32ArrayConstructor
  new Bits(source.getMappedRange()).set(bits)
  source.unmap()
  const selection = select({ source, type, width, rows, k })
  const largest = await selection.read()
  const first = await readBack(selection.firstIndices)
  selection.dispose()
  source.destroy()
  return { largest, first: [...new BigInt64Array(first)].slice(0, rows.length) }
}

async function readBack(buffer: GPUBuffer): Promise<ArrayBuffer> {
  const target = device.createBuffer({
    size: buffer.size,
    usage: usage.mapRead | usage.copyTarget,
  })
  const encoder = device.createCommandEncoder()
  encoder.copyBufferToBuffer(buffer, 0, target, 0, buffer.size)
  device.queue.submit([encoder.finish()])
  await target.mapAsync(1)
  return target.getMappedRange().slice(0)
}

/** By sorting all of a row. */
function expected({ bits, width, rows, k }: Pick): Largest[] {
  const values = bits instanceof Uint16Array ? float32OfHalves(bits) : new Float32Array(bits.buffer)
  const rank = (value: number) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value)
  return rows.map((row) => {
    const all = values.subarray(row * width, (row + 1) * width)
    const order = Array.from(all.keys()).sort((a, b) => {
      const [x, y] = [all[a] ?? 0, all[b] ?? 0]
      if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? -1 : 1
      return rank(x) === rank(y) ? a - b : rank(y) - rank(x)
    })
    const indices = Uint32Array.from(order.slice(0, k))
    return { indices, values: Float32Array.from(indices, (index) => all[index] ?? 0) }
  })
}

async function check(init: Pick): Promise<void> {
  const { largest, first } = await pick(init)
  const wanted = expected(init)
  expect(largest.map(({ indices }) => [...indices])).toEqual(
    wanted.map(({ indices }) => [...indices]),
  )
  // +0: which of two equal zeros it was does not matter.
  expect(largest.map(({ values }) => Array.from(values, (value) => value + 0))).toEqual(
    wanted.map(({ values }) => Array.from(values, (value) => value + 0)),
  )
  expect(first).toEqual(wanted.map(({ indices }) => BigInt(indices[0] ?? 0)))
}

/** Deterministic, all 32-bit patterns. */
function randomWords(count: number, seed: number): Uint32Array {
  let state = seed
  return Uint32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state ^ (state >>> 15)) >>> 0
  })
}

/** Around 0, few different ones: ties everywhere. */
function coarse(count: number, seed: number): Uint32Array {
  const values = Float32Array.from(randomWords(count, seed), (word) => (word % 41) / 4 - 5)
  return new Uint32Array(values.buffer)
}

describe('picks what sorting all picks', () => {
  test.each([1, 2, 40, 64])('the %i largest of any bit patterns, of rows 1 to 8', async (k) => {
    for (const [rows, width] of [
      [1, 2048],
      [3, 4097],
      [8, 5003],
    ] as const) {
      await check({
        bits: randomWords(rows * width, width),
        width,
        rows: Array.from({ length: rows }, (_, row) => row),
        k,
      })
    }
  })

  test.each([1, 7, 64])('the lowest indices among equals, %i of them', async (k) => {
    await check({ bits: coarse(2 * 3001, 5), width: 3001, rows: [0, 1], k })
    await check({ bits: new Uint32Array(6000), width: 6000, rows: [0], k })
    const minusInfinity = new Uint32Array(6000).fill(0xff800000)
    await check({ bits: minusInfinity, width: 6000, rows: [0], k })
  })

  test('of rows shorter than k, and of rows in any order', async () => {
    await check({ bits: coarse(5 * 3, 9), width: 3, rows: [4, 0, 2], k: 8 })
    await check({ bits: coarse(1, 9), width: 1, rows: [0], k: 1 })
  })

  test('NaN of either sign first, then +Infinity; both zeros are equal', async () => {
    const width = 4100
    const row = coarse(width, 3)
    row.set([0x7f800000, 0xffc00001, 0x7fc00000, 0xff800000], 2046)
    await check({ bits: row, width, rows: [0], k: 5 })
    const zeros = Uint32Array.of(0x80000000, 0, 0x80000000, 0xbf800000, 1)
    await check({ bits: zeros, width: 5, rows: [0], k: 5 })
  })

  test.each([1, 20])('halves, odd rows too, %i of them', async (k) => {
    const width = 4099
    const bits = Uint16Array.from(randomWords(3 * width, 11), (word) => word >>> 13)
    await check({ bits, width, rows: [0, 1, 2], k })
  })
})
