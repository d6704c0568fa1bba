/**
 * The engine's worker with a clock in it: says of every step how long its parts took.
 * @module
 */
import { hostEngine, openWebRuntime } from '@weft/engine/host'
import { createLocalEngine, type Runtime } from '@weft/engine/local'
import { profileChannel, type TimedStep } from './profile-channel.ts'

const channel = new BroadcastChannel(profileChannel)
let runMs = 0

async function timed<Result>(run: () => Result | Promise<Result>): Promise<Result> {
  const startedMs = performance.now()
  try {
    return await run()
  } finally {
    runMs += performance.now() - startedMs
  }
}

/** The engine runs a graph in one of two ways: by a session, or inside the WebAssembly heap. */
function timedRuntime(runtime: Runtime): Runtime {
  const { ort, heap } = runtime
  const create = async (...parameters: unknown[]) => {
    const session = await Reflect.apply(
      ort.InferenceSession.create,
      ort.InferenceSession,
      parameters,
    )
    const run = session.run.bind(session)
    session.run = (...inputs: Parameters<typeof run>) => timed(() => run(...inputs))
    return session
  }
  const openHeap = async () => {
    const opened = await heap?.()
    if (!opened) return undefined
    const { _OrtRun: run } = opened
    return Object.assign(Object.create(opened), {
      _OrtRun: (...inputs: Parameters<typeof run>) => timed(() => run(...inputs)),
    })
  }
  return {
    ...runtime,
    // `create` has overloads that a spread of parameters loses.
    ort: { ...ort, InferenceSession: { create: create as typeof ort.InferenceSession.create } },
    ...(heap ? { heap: openHeap } : {}),
  }
}

const host = hostEngine({
  port: { postMessage: (message, transfer) => globalThis.postMessage(message, { transfer }) },
  createEngine: (threads) =>
    createLocalEngine({
      openRuntime: async (choice, model) =>
        timedRuntime(await openWebRuntime(choice, { threads, ...model })),
      onStep(timing) {
        channel.postMessage({ ...timing, runMs } satisfies TimedStep)
        runMs = 0
      },
    }),
})
globalThis.addEventListener('message', ({ data }) => host.receive(data))
