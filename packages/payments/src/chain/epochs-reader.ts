/**
 * Which epochs of a court were recorded: nobody has to, so there are gaps.
 * @module
 */
import type { verdictsAbi } from '@weft/contracts'
import { CancelledError, type Hex, WeftError } from '@weft/protocol'
import type { PublicClient } from 'viem'
import { asking } from './asking.ts'

type EpochsReaderInit = {
  reader: PublicClient
  verdicts: { address: Hex; abi: typeof verdictsAbi }
  rules: { epochSeconds: number; limitationSeconds: number }
}

/** That are asked for at the same time. */
const epochsAtOnce = 4

/** All methods: @throws WeftError `payments/chain-lost` */
export function createEpochsReader({ reader, verdicts, rules }: EpochsReaderInit) {
  const { epochSeconds, limitationSeconds } = rules
  /** By recorded epoch: the one recorded before. It never changes. */
  const previous = new Map<number, number>()
  /** What an older one draws counts no more. */
  const mostEpochs = Math.ceil(limitationSeconds / epochSeconds) + 1

  /** @returns null for an epoch that nobody has recorded */
  async function previousOf(epoch: number): Promise<number | null> {
    const known = previous.get(epoch)
    if (known !== undefined) return known
    const args = [BigInt(epoch)] as const
    const read = reader.readContract({ ...verdicts, functionName: 'epochs', args })
    const [number, , before] = await asking(read)
    if (number === 0n) return null
    if (before >= epoch) throw contradiction(`Epoch ${epoch} is said to follow ${before}.`)
    previous.set(epoch, before)
    return before
  }

  /** @returns the latest epoch that has a number; 0 where none has */
  const lastEpoch = (): Promise<number> =>
    asking(reader.readContract({ ...verdicts, functionName: 'lastEpoch' }))

  return {
    lastEpoch,

    /**
     * The first epoch recorded after the one of a moment: it draws what ended then, or was told.
     * @param seconds - since 1970
     * @returns null while there is none; for a moment longer ago than `limitationSeconds` perhaps a later one, whose
     *   draw counts no more either
     * @throws CancelledError between two requests
     */
    async epochAfter(
      seconds: number,
      { signal }: { signal?: AbortSignal } = {},
    ): Promise<number | null> {
      const own = Math.floor(seconds / epochSeconds)
      const last = await lastEpoch()
      if (last <= own) return null
      // Where verifiers are, nearly each epoch is recorded, so it is one of the next.
      const next = Array.from({ length: Math.min(epochsAtOnce, last - own) }, (_, i) => own + 1 + i)
      const befores = await Promise.all(next.map(previousOf))
      const found = next.find((_, index) => (befores[index] ?? last) <= own)
      if (found !== undefined) return found
      let epoch = last
      for (let steps = 0; steps < mostEpochs; steps += 1) {
        if (signal?.aborted) {
          throw new CancelledError({ subject: 'The search for an epoch', cause: signal.reason })
        }
        const before = await previousOf(epoch)
        if (before === null) throw contradiction(`Epoch ${epoch} is said not to be recorded.`)
        if (before <= own) return epoch
        epoch = before
      }
      return epoch
    },
  }
}

function contradiction(fact: string): WeftError {
  return new WeftError(
    'payments/chain-lost',
    'The network’s RPC server contradicts itself. Nothing was sent; it is asked again later.',
    { facts: [fact] },
  )
}
