/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) out of an async iterable.
 * @module
 */
import { WeftError } from '@weft/protocol'

export const done = 'data: [DONE]\n\n'

export function dataEvent(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

/** What every reader of events passes over. @param text - one line */
export function comment(text: string): string {
  return `: ${text}\n\n`
}

export type EventStreamInit = {
  /** Each a whole event or comment. Its `return` is called when the reader has gone. */
  events: AsyncGenerator<string, void, undefined>
  /** After so much silence a comment says that the line is alive: proxies cut what says nothing. */
  heartbeatMs: number
  /** Its last events still go out, but a reader who takes none of them is left: some keep a line open for ever. */
  signal: AbortSignal
  /** The reader has gone: ends what an event is waited for. */
  onCancel: () => void
}

/** For the last events. */
const lastWordsMs = 2_000

export function eventStream({ events, heartbeatMs, signal, onCancel }: EventStreamInit): Response {
  const alive = withHeartbeats(events, heartbeatMs)
  const bytes = new TextEncoder()
  let leaving: NodeJS.Timeout | undefined
  let stopListening = () => {}
  const end = () => {
    stopListening()
    clearTimeout(leaving)
  }
  const leave = () => {
    end()
    onCancel()
    void alive.return()
  }
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      stopListening = whenAborted(signal, () => {
        leaving = setTimeout(() => {
          const message = 'The reader of this answer took nothing of it any more.'
          controller.error(new WeftError('gateway/not-read', message))
          leave()
        }, lastWordsMs)
      })
    },
    async pull(controller) {
      const { value, done } = await alive.next()
      if (!done) return controller.enqueue(bytes.encode(value))
      end()
      controller.close()
    },
    cancel: leave,
  })
  return new Response(body, {
    headers: [
      ['content-type', 'text/event-stream; charset=utf-8'],
      ['cache-control', 'no-store, no-transform'],
      // nginx keeps what it forwards until it has some kilobytes.
      ['x-accel-buffering', 'no'],
    ],
  })
}

/** Calls it once, now where it is over already. @returns what stops listening */
export function whenAborted(signal: AbortSignal, run: () => void): () => void {
  if (signal.aborted) run()
  else signal.addEventListener('abort', run, { once: true })
  return () => signal.removeEventListener('abort', run)
}

async function* withHeartbeats(
  events: AsyncGenerator<string, void, undefined>,
  everyMs: number,
): AsyncGenerator<string, void, undefined> {
  try {
    for (;;) {
      const next = events.next()
      let result: IteratorResult<string, void> | undefined
      while (!result) {
        result = await within(next, everyMs)
        if (!result) yield comment('waiting')
      }
      if (result.done) return
      yield result.value
    }
  } finally {
    await events.return()
  }
}

/** @returns undefined where it takes longer */
async function within<Result>(promise: Promise<Result>, ms: number): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
