/**
 * Last hidden states of one text, left where the graph computes them until several are read at once: a device that
 * is asked for those of every token waits for every token.
 * @module
 */
import type { DeviceTensor, Executor, FloatType } from '../executor/executor.ts'

export type KeptStates = {
  /** @param states [rows, width], of which one row is kept where there is memory for it */
  put(states: DeviceTensor, place: { row: number; slot: number }): Promise<void>
  /** By slot, float32 [width]; none where there was no memory. Valid until anything else runs. */
  read(): Promise<Float32Array[]>
  dispose(): void
}

/** Where the state of a row's one new token is kept. */
export type StatePlace = { kept: KeptStates; slot: number }

type Keeping = Pick<Executor, 'allocate' | 'confirm' | 'copy' | 'read'>

export function keepStates(executor: Keeping, slots: number): KeptStates {
  let held: DeviceTensor | undefined
  let isLacking = false
  /** The step has been computed: to fail here would have it computed twice. */
  const allocate = async (type: FloatType, width: number): Promise<void> => {
    try {
      held = executor.allocate(type, [slots, width])
      await executor.confirm([held])
    } catch {
      isLacking = true
    }
  }
  return {
    async put(states, { row, slot }) {
      const width = states.dims.at(-1) ?? 0
      if (!held && !isLacking) await allocate(states.type, width)
      if (!held || isLacking) return
      executor.copy(states, held, [{ from: row * width, to: slot * width, length: width }])
    },
    async read() {
      if (!held || isLacking) return []
      const width = held.dims.at(-1) ?? 0
      const all = await executor.read(held)
      return Array.from({ length: slots }, (_, slot) =>
        all.subarray(slot * width, (slot + 1) * width),
      )
    },
    dispose() {
      held?.dispose()
      held = undefined
    },
  }
}

/** Before anything of the step is read: to make room may move what was read. */
export async function keepEach(
  states: DeviceTensor,
  places: readonly (StatePlace | null)[],
  step = 0,
): Promise<void> {
  for (const [row, place] of places.entries()) {
    if (place) await place.kept.put(states, { row, slot: place.slot + step })
  }
}
