/**
 * Lets the event loop turn between two steps, so that messages (a cancel, a new job) are heard while
 * a backend computes without ever waiting. Not a timer: those are throttled in hidden tabs.
 * @module
 */

/** @returns a promise that resolves in another task */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
