/**
 * Which tab leads: the one that holds a Web Lock. The browser passes it on when a tab is closed or
 * crashes, however that happens.
 * @module
 */

export type ElectionInit = {
  locks: LockManager
  name: string
  /** The lock is ours. */
  onLead: () => void
  /** Another tab took it. */
  onLose: () => void
}

export type Election = {
  isLeader(): boolean
  /** Takes the lock if nobody has it or waits for it. */
  tryLead(): Promise<boolean>
  /** Waits in line for it; does nothing when in line already. */
  stand(): void
  /** Takes it from whoever has it. */
  steal(): Promise<void>
  /** Lets go of the lock, or of the place in line. */
  withdraw(): void
}

export function createElection({ locks, name, onLead, onLose }: ElectionInit): Election {
  let release: (() => void) | undefined
  let standing: AbortController | undefined

  /** Holds the lock until `withdraw`, or until another tab steals it. */
  const hold = async (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    release = resolve
    onLead()
    await promise
  }
  const leaveLine = (): void => {
    standing?.abort()
    standing = undefined
  }
  /** @param options of the request @returns whether the lock was granted */
  const request = (options: LockOptions): Promise<boolean> => {
    const granted = Promise.withResolvers<boolean>()
    let mine: (() => void) | undefined
    const ended = locks.request(name, options, (lock) => {
      granted.resolve(lock !== null)
      if (!lock) return undefined
      const held = hold()
      mine = release
      return held
    })
    ended.catch(() => {
      granted.resolve(false)
      if (!mine || release !== mine) return
      release = undefined
      onLose()
    })
    return granted.promise
  }

  return {
    isLeader: () => release !== undefined,
    tryLead: () => request({ ifAvailable: true }),
    stand() {
      if (standing || release) return
      const place = new AbortController()
      standing = place
      request({ signal: place.signal }).then(() => {
        if (standing === place) standing = undefined
      })
    },
    async steal() {
      leaveLine()
      await request({ steal: true })
    },
    withdraw() {
      leaveLine()
      release?.()
      release = undefined
    },
  }
}
