/**
 * S_t: the tokens that survive top-k and then top-p.
 * @module
 */
import type { Sampling } from '@weft/protocol'
import { exponential } from './logarithm.ts'

/** True when `a` comes before `b`. */
type Before = (a: number, b: number) => boolean

/**
 * Order is by logit, largest first, ties to the lowest id. Top-p weighs `exp((z - max) / T)`, sums
 * them by ascending id, and keeps tokens in order until their running sum reaches `topP` times that.
 * A NaN logit never survives.
 * Cost for a vocabulary of n: n log k comparisons with top-k, n exponentials with top-p alone; all n
 * are never sorted.
 * @param logits float32 [vocabulary]
 * @param sampling with a temperature above 0
 * @returns token ids, at least one; empty only when every logit is NaN
 */
export function candidates(logits: Float32Array, sampling: Sampling): Uint32Array {
  const { temperature, topK, topP } = sampling
  const limited = topK > 0 && topK < logits.length
  if (topP === 1) return limited ? largest(logits, topK) : allNumbers(logits)
  const ids = limited ? largest(logits, topK).sort() : allNumbers(logits)
  const maximum = ids.reduce((max, token) => Math.max(max, at(logits, token)), -Infinity)
  const weight = (token: number): number => exponential((at(logits, token) - maximum) / temperature)
  const total = ids.reduce((sum, token) => sum + weight(token), 0)
  const before = descending(logits)
  heapify(ids, ids.length, before)
  return popUntil(ids, before, { weight, enough: topP * total })
}

/** Takes from the heap in order until `enough` weight is reached; at least one. */
function popUntil(
  heap: Uint32Array,
  before: Before,
  { weight, enough }: { weight: (token: number) => number; enough: number },
): Uint32Array {
  let sum = 0
  let size = heap.length
  while (size > 0 && (size === heap.length || sum < enough)) {
    const first = at(heap, 0)
    sum += weight(first)
    size -= 1
    heap[0] = at(heap, size)
    heap[size] = first
    siftDown(heap, 0, { size, before })
  }
  return heap.subarray(size).reverse()
}

/** The k largest, in no useful order: a heap of k whose root is the first to give way. */
function largest(logits: Float32Array, k: number): Uint32Array {
  const descends = descending(logits)
  const before: Before = (a, b) => descends(b, a)
  const ids = allNumbers(logits)
  if (ids.length <= k) return ids
  const heap = ids.slice(0, k)
  heapify(heap, k, before)
  let root = at(heap, 0)
  for (let index = k; index < ids.length; index++) {
    const token = at(ids, index)
    // Ids ascend, so an equal logit loses against the root.
    if (at(logits, token) <= at(logits, root)) continue
    heap[0] = token
    siftDown(heap, 0, { size: k, before })
    root = at(heap, 0)
  }
  return heap
}

function allNumbers(logits: Float32Array): Uint32Array {
  const ids = new Uint32Array(logits.length)
  let count = 0
  for (let token = 0; token < logits.length; token++) {
    if (!Number.isNaN(logits[token])) ids[count++] = token
  }
  return ids.subarray(0, count)
}

function descending(logits: Float32Array): Before {
  return (a, b) => {
    const difference = at(logits, a) - at(logits, b)
    // Two equal infinities differ by NaN, which is a tie like 0.
    return difference > 0 || (!(difference < 0) && a < b)
  }
}

function heapify(heap: Uint32Array, size: number, before: Before): void {
  for (let index = (size >>> 1) - 1; index >= 0; index--) siftDown(heap, index, { size, before })
}

function siftDown(
  heap: Uint32Array,
  start: number,
  { size, before }: { size: number; before: Before },
): void {
  const moving = at(heap, start)
  let hole = start
  for (;;) {
    let child = 2 * hole + 1
    if (child >= size) break
    if (child + 1 < size && before(at(heap, child + 1), at(heap, child))) child += 1
    if (!before(at(heap, child), moving)) break
    heap[hole] = at(heap, child)
    hole = child
  }
  heap[hole] = moving
}

/** Element of a typed array at an index known to be inside. */
function at(array: Float32Array | Uint32Array, index: number): number {
  return array[index] as number
}
