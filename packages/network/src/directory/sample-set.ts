/**
 * A set from which a few members are drawn by lot at a cost that does not grow with its size.
 * @module
 */
export class SampleSet<T> {
  readonly #values: T[] = []
  readonly #places = new Map<T, number>()

  get size(): number {
    return this.#values.length
  }

  add(value: T): void {
    if (this.#places.has(value)) return
    this.#places.set(value, this.#values.length)
    this.#values.push(value)
  }

  delete(value: T): void {
    const place = this.#places.get(value)
    if (place === undefined) return
    const last = this.#values.pop() as T
    this.#places.delete(value)
    if (last === value) return
    this.#values[place] = last
    this.#places.set(last, place)
  }

  /**
   * Members, each once, from a random one on in random steps; a step that shares no divisor with the size
   * meets all. Nothing may be added or deleted meanwhile.
   * @param most - so many of them
   */
  *draw(most = Number.POSITIVE_INFINITY): Generator<T> {
    const { size } = this
    let place = Math.floor(Math.random() * size)
    let step = 1 + Math.floor(Math.random() * (size - 1))
    while (greatestDivisor(step, size) > 1) step = 1 + (step % size)
    for (let count = 0; count < Math.min(size, most); count += 1) {
      yield this.#values[place] as T
      place = (place + step) % size
    }
  }
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}
