/**
 * S_t: the tokens that survive top-k, then top-p, then min-p.
 * @module
 */
import type { Sampling } from '@weft/protocol'
import { exponential, naturalLog } from './logarithm.ts'

/** True when `a` comes before `b`. */
type Before = (a: number, b: number) => boolean

/** Below it a double is subnormal, which `naturalLog` cannot take; as a share it keeps all. */
const smallestNormal = 2 ** -1022

/**
 * Order is by logit, largest first, ties to the lowest id. Top-p weighs `exp((z - max) / T)`, sums
 * them by ascending id, and keeps tokens in order until their running sum reaches `topP` times that.
 * Min-p keeps a token whose `z` is at least `max + T * ln(minP)`.
 * The k largest logits decide alone when `topK` is k: all others may as well be -Infinity.
 * Cost for a vocabulary of n: one comparison each and a few more for the k largest with top-k, n
 * exponentials with top-p alone; all n are never sorted.
 * @param logits float32 [vocabulary], none of them NaN or +Infinity; -Infinity forbids a token
 * @param sampling with a temperature above 0
 * @returns token ids, at least one unless all are forbidden
 */
export function candidates(
  logits: Float32Array,
  { temperature, topK, topP, minP }: Pick<Sampling, 'temperature' | 'topK' | 'topP' | 'minP'>,
): Uint32Array {
  let ids = topK > 0 ? largest(logits, topK) : allowed(logits)
  if (topP === 1 && minP === 0) return ids
  const maximum = ids.reduce((max, token) => Math.max(max, at(logits, token)), -Infinity)
  if (topP < 1) {
    if (topK > 0) ids.sort()
    const weight = (token: number): number =>
      exponential((at(logits, token) - maximum) / temperature)
    const total = ids.reduce((sum, token) => sum + weight(token), 0)
    const before = descending(logits)
    heapify(ids, ids.length, before)
    ids = popUntil(ids, before, { weight, enough: topP * total })
  }
  if (minP === 0) return ids
  const least = maximum + temperature * naturalLog(Math.max(minP, smallestNormal))
  return ids.filter((token) => at(logits, token) >= least)
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

/**
 * The k largest, in no useful order: a heap of k whose root is the first to give way. Written out for numbers, since
 * every token of every answer and of every check goes through it.
 */
export function largest(logits: Float32Array, k: number): Uint32Array {
  const ids = new Uint32Array(Math.min(k, logits.length))
  const values = new Float32Array(ids.length)
  let size = 0
  let token = 0
  for (; size < ids.length && token < logits.length; token++) {
    const value = at(logits, token)
    if (value === Number.NEGATIVE_INFINITY) continue
    values[size] = value
    ids[size++] = token
  }
  if (size < k) return ids.subarray(0, size)
  for (let index = (k >>> 1) - 1; index >= 0; index--) {
    sink({ ids, values }, index, at(ids, index), at(values, index))
  }
  for (let least = at(values, 0); token < logits.length; token++) {
    const value = at(logits, token)
    // Ids ascend, so an equal logit loses against the root.
    if (value <= least) continue
    sink({ ids, values }, 0, token, value)
    least = at(values, 0)
  }
  return ids
}

/** Puts a token below all that give way before it: smaller logits, of equal ones the higher id. */
function sink(
  { ids, values }: { ids: Uint32Array; values: Float32Array },
  start: number,
  token: number,
  value: number,
): void {
  const size = ids.length
  let hole = start
  for (;;) {
    let child = 2 * hole + 1
    if (child >= size) break
    let least = at(values, child)
    const right = child + 1
    if (right < size) {
      const other = at(values, right)
      if (other < least || (other === least && at(ids, right) > at(ids, child))) {
        child = right
        least = other
      }
    }
    if (least > value || (least === value && at(ids, child) < token)) break
    values[hole] = least
    ids[hole] = at(ids, child)
    hole = child
  }
  values[hole] = value
  ids[hole] = token
}

/** Ascending. */
function allowed(logits: Float32Array): Uint32Array {
  const ids = new Uint32Array(logits.length)
  let count = 0
  for (let token = 0; token < logits.length; token++) {
    if (at(logits, token) > Number.NEGATIVE_INFINITY) ids[count++] = token
  }
  return ids.subarray(0, count)
}

function descending(logits: Float32Array): Before {
  return (a, b) => {
    const difference = at(logits, a) - at(logits, b)
    return difference > 0 || (difference === 0 && a < b)
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
