/**
 * Shared state in Redis, for gateways on several machines. `@redis/client` is what the makers of Redis keep up;
 * of ioredis they say that it only gets repairs.
 * @module
 */
import { createClient } from '@redis/client'
import { WeftError } from '@weft/protocol'
import type { SharedState } from './shared-state.ts'

const prefix = 'weft/gateway/'
const connectMs = 5_000
const reconnectMs = 2_000
/** A command that Redis does not answer is a failure, not a wait. */
const commandMs = 2_000

/** @param url - `redis://…` or `rediss://…`. @throws WeftError `gateway/state` */
export async function openRedisState(url: string): Promise<SharedState> {
  let wasThere = false
  const client = createClient({
    url,
    // A request that cannot be counted is refused, not queued until it can.
    disableOfflineQueue: true,
    commandOptions: { timeout: commandMs },
    socket: {
      connectTimeout: connectMs,
      // Lost later, it is tried again for ever; not there at first, it is a mistake in the address.
      reconnectStrategy: (retries, cause) =>
        wasThere ? Math.min(50 * 2 ** retries, reconnectMs) : cause,
    },
  })
  client.on('error', () => {}) // It connects again by itself; each command says so meanwhile.
  try {
    await client.connect()
    wasThere = true
  } catch (error) {
    client.destroy()
    throw WeftError.from(error, 'gateway/state', 'Redis cannot be reached.')
  }
  const asking = async <Result>(answer: Promise<Result>): Promise<Result> => {
    try {
      return await answer
    } catch (error) {
      throw WeftError.from(error, 'gateway/state', 'Redis does not answer.')
    }
  }

  return {
    async add(counter, amount, ttlMs, beside = []) {
      const [name = '', ...others] = [counter, ...beside].map((each) => `${prefix}${each}`)
      const replies = await asking(
        client
          .multi()
          .addCommand(['INCRBY', name, `${amount}`])
          .pExpire(name, ttlMs)
          // As text: a number of JavaScript holds 53 bits of it.
          .mGet([name, ...others])
          .exec(),
      )
      const totals = replies[2] as unknown as (string | null)[]
      return totals.reduce((sum, total) => sum + BigInt(total ?? 0), 0n)
    },
    read: async (counter) => BigInt((await asking(client.get(`${prefix}${counter}`))) ?? 0),
    claim: async (name, ttlMs) => {
      const expiration = { type: 'PX', value: ttlMs } as const
      return (
        (await asking(client.set(`${prefix}${name}`, '', { condition: 'NX', expiration }))) !== null
      )
    },
    release: async (name) => void (await asking(client.del(`${prefix}${name}`))),
    keep: async (name, text, ttlMs) => {
      const expiration = { type: 'PX', value: ttlMs } as const
      await asking(client.set(`${prefix}${name}`, text, { expiration }))
    },
    find: (name) => asking(client.get(`${prefix}${name}`)),
    close: async () => client.destroy(),
  }
}
