/**
 * A stream as the official client gives one: read once, ended by its controller or by leaving the loop.
 * @module
 */
import { WeftError } from '@weft/protocol'

export type ApiStreamInit<Item> = {
  items: AsyncIterator<Item, void, undefined>
  /** Aborts the work behind the items. */
  controller: AbortController
}

export class ApiStream<Item> implements AsyncIterable<Item> {
  readonly controller: AbortController
  readonly #items: AsyncIterator<Item, void, undefined>
  #isRead = false

  constructor({ items, controller }: ApiStreamInit<Item>) {
    this.#items = items
    this.controller = controller
  }

  /**
   * Leaving the loop stops the work: the node is told, and what has come is paid. An aborted controller ends
   * the loop without an error.
   * @throws what ended the answer, e.g. WeftError `network/node-lost`
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    if (this.#isRead) throw new WeftError('sdk/stream-read', 'This stream was read already.')
    this.#isRead = true
    try {
      for (;;) {
        const { value, done } = await this.#items.next()
        if (done) return
        yield value
      }
    } catch (error) {
      if (this.controller.signal.aborted && isCancelled(error)) return
      throw error
    } finally {
      this.controller.abort()
      await this.#items.return?.()
    }
  }
}

function isCancelled(error: unknown): boolean {
  return WeftError.is(error) && error.code === 'protocol/cancelled'
}
