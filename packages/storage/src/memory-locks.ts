/**
 * Web Locks within one composition. Node has them for the whole process, and two compositions of one process
 * keep different things; a folder's only process needs no more.
 * https://www.w3.org/TR/web-locks/
 * @module
 */
type Held = { name: string; mode: LockMode }
type Waiting = Held & { grant: () => void }

/** Requests are granted in their order, as in a browser; nothing is ever stolen. */
export function createLocks(): LockManager {
  let held: Held[] = []
  let waiting: Waiting[] = []

  const isFree = ({ name, mode }: Held, others: readonly Held[]) =>
    others.every((other) => other.name !== name || (mode === 'shared' && other.mode === 'shared'))

  /** Whoever waits is not overtaken by those who came later. */
  function grantAll(): void {
    const still: Waiting[] = []
    for (const next of waiting) {
      if (isFree(next, [...held, ...still])) {
        held.push(next)
        next.grant()
      } else still.push(next)
    }
    waiting = still
  }

  async function request<Result>(
    name: string,
    ...rest: [LockGrantedCallback<Result>] | [LockOptions, LockGrantedCallback<Result>]
  ): Promise<Awaited<Result>> {
    const [options, work] = rest.length === 1 ? [{}, rest[0]] : rest
    const { mode = 'exclusive', ifAvailable = false, signal } = options
    signal?.throwIfAborted()
    const granted = Promise.withResolvers<void>()
    const lock: Waiting = { name, mode, grant: granted.resolve }
    if (ifAvailable && !isFree(lock, [...held, ...waiting])) return await work(null)
    const leave = () => {
      waiting = waiting.filter((each) => each !== lock)
      granted.reject(signal?.reason)
      grantAll()
    }
    signal?.addEventListener('abort', leave)
    waiting.push(lock)
    grantAll()
    try {
      await granted.promise
      signal?.removeEventListener('abort', leave)
      return await work({ name, mode })
    } finally {
      held = held.filter((each) => each !== lock)
      grantAll()
    }
  }

  return {
    request,
    query: async () => ({
      held: held.map(({ name, mode }) => ({ name, mode, clientId: '' })),
      pending: waiting.map(({ name, mode }) => ({ name, mode, clientId: '' })),
    }),
  }
}
