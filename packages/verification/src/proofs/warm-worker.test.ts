import type { Proved } from '@weft/protocol'
import { expect, test } from 'vitest'
import type { ProverRequest } from './messages.ts'
import { WarmWorker } from './warm-worker.ts'

const proved: Proved = {
  proof: { a: { x: 1n, y: 2n }, b: { x: [1n, 2n], y: [3n, 4n] }, c: { x: 1n, y: 2n } },
  publicSignals: [],
}
const request: ProverRequest = {
  type: 'prove',
  site: 'http://127.0.0.1/',
  circuit: 'mlp',
  input: {},
}

/** Workers on the other side of a channel, which answer when they are told to. */
function openWorkers() {
  const begun: string[] = []
  let [opened, ended] = [0, 0]
  const ports = new Map<string, MessagePort>()
  return {
    begun,
    counts: () => [opened, ended],
    open: (name: string) => () => {
      opened += 1
      const { port1, port2 } = new MessageChannel()
      ports.set(name, port2)
      port2.onmessage = () => begun.push(name)
      const terminate = () => {
        ended += 1
        port1.close()
      }
      return Object.assign(port1, { terminate }) as unknown as Worker
    },
    answer: (name: string) => ports.get(name)?.postMessage({ type: 'proved', proved }),
    close() {
      for (const port of ports.values()) port.close()
    },
  }
}

test('a stranger who leaves in the middle ends no worker, and one of this tab does', async () => {
  const workers = openWorkers()
  const own = new WarmWorker({ open: workers.open('own') })
  const others = new WarmWorker({ open: workers.open('others'), ownFirst: own })
  const leaving = new AbortController()
  const first = others.ask(request, { signal: leaving.signal })
  await expect.poll(() => workers.begun).toEqual(['others'])
  const second = others.ask(request)
  leaving.abort()
  await expect(first).rejects.toMatchObject({ code: 'protocol/cancelled' })
  expect(workers.begun).toEqual(['others'])
  workers.answer('others')
  await expect.poll(() => workers.begun).toEqual(['others', 'others'])
  workers.answer('others')
  expect(await second).toMatchObject({ type: 'proved' })
  expect(workers.counts()).toEqual([1, 0])

  const cancel = new AbortController()
  const mine = own.ask(request, { signal: cancel.signal })
  await expect.poll(() => workers.begun).toContain('own')
  cancel.abort()
  await expect(mine).rejects.toMatchObject({ code: 'protocol/cancelled' })
  expect(workers.counts()).toEqual([2, 1])
  workers.close()
})

test('strangers wait for what this tab proves, and it does not wait for them', async () => {
  const workers = openWorkers()
  const own = new WarmWorker({ open: workers.open('own') })
  const others = new WarmWorker({ open: workers.open('others'), ownFirst: own })
  const strangers = [others.ask(request), others.ask(request)]
  await expect.poll(() => workers.begun).toEqual(['others'])
  const mine = [own.ask(request), own.ask(request)]
  await expect.poll(() => workers.begun).toEqual(['others', 'own'])
  workers.answer('others')
  await strangers[0]
  workers.answer('own')
  await mine[0]
  await expect.poll(() => workers.begun).toEqual(['others', 'own', 'own'])
  workers.answer('own')
  await mine[1]
  await expect.poll(() => workers.begun).toEqual(['others', 'own', 'own', 'others'])
  workers.answer('others')
  await Promise.all(strangers)
  workers.close()
})
