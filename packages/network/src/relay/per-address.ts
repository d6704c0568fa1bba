/**
 * How many connections each address has.
 * @module
 */
export class PerAddress {
  readonly #max: number
  readonly #counts = new Map<string, number>()

  constructor(max: number) {
    this.#max = max
  }

  isFull(address: string | null): boolean {
    return address !== null && (this.#counts.get(address) ?? 0) >= this.#max
  }

  add(address: string | null): void {
    if (address !== null) this.#counts.set(address, (this.#counts.get(address) ?? 0) + 1)
  }

  remove(address: string | null): void {
    if (address === null) return
    const left = (this.#counts.get(address) ?? 0) - 1
    if (left > 0) this.#counts.set(address, left)
    else this.#counts.delete(address)
  }
}
