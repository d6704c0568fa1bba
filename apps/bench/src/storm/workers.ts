/**
 * The worker processes of a storm, seen from the process that makes it.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parse } from '@weft/protocol'
import { type StormPlace, writePlace } from './court-place.ts'
import { type News, newsSchema, type Order } from './worker-messages.ts'

export type Worker = {
  name: string
  pid: number
  order(order: Order): void
  /** -9, on purpose. */
  kill(): void
}

export type WorkerInit = {
  name: string
  role: 'node' | 'client' | 'verifier'
  place: StormPlace
  onNews: (news: News) => void
  /** It ended without having been killed on purpose. */
  onCrash: (reason: string) => void
}

/** @throws Error when it ends before it is ready */
export async function openWorker({ name, role, place, ...on }: WorkerInit): Promise<Worker> {
  const main = fileURLToPath(new URL(`${role}-worker.ts`, import.meta.url))
  const child = fork(main, [writePlace(place)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  let isKilled = false
  const ready = Promise.withResolvers<void>()
  child.on('message', (message) => {
    const news = parse('news', newsSchema, message)
    if (news.type === 'ready') ready.resolve()
    else on.onNews(news)
  })
  child.on('exit', (code, signal) => {
    const reason = `${name} ended with ${signal ?? code}`
    ready.reject(new Error(reason))
    if (!isKilled) on.onCrash(reason)
  })
  await ready.promise
  return {
    name,
    pid: child.pid ?? 0,
    order: (order) => send(child, order),
    kill() {
      isKilled = true
      child.kill('SIGKILL')
    },
  }
}

/** A worker that was killed meanwhile misses nothing. */
function send(child: ChildProcess, order: Order): void {
  if (child.connected) child.send(order, () => {})
}
