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
    this.#swap(place, this.#values.length - 1)
    this.#values.pop()
    this.#places.delete(value)
  }

  /** Every member once, in random order: a Fisher-Yates shuffle that goes as far as it is asked to. */
  *draw(): Generator<T> {
    for (let from = 0; from < this.#values.length; from += 1) {
      this.#swap(from, from + Math.floor(Math.random() * (this.#values.length - from)))
      yield this.#values[from] as T
    }
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#values[a] as T, this.#values[b] as T]
    this.#values[a] = second
    this.#values[b] = first
    this.#places.set(second, a)
    this.#places.set(first, b)
  }
}
