/**
 * One tab of several, for tests: runs in an iframe, which is to locks and channels what a tab is.
 * @module
 */
import type { LoadInit, LoadResult } from '../engine.ts'
import type { Role, SharedEngine } from '../shared/own-engine.ts'
import { createSharedEngine } from '../shared/shared-engine.ts'
import { createWorkerEngine, startDefaultWorker } from '../worker/worker-engine.ts'
import { fetchBobbinFiles, fetchBobbinManifest } from './web-model.ts'

/** The name of the iframe, as JSON. */
export type SharedTabInit = { name: string; deadlineMs: number }

export type SharedTab = {
  engine: SharedEngine
  roles: Role[]
  restarts: string[]
  /** Workers of this tab, the latest last. */
  workers: Worker[]
  /** How often it was asked for the content. */
  opened: () => number
  /** @param name of the model; each counts as another one */
  load(name?: string, init?: Partial<LoadInit> & { onStage?: () => void }): Promise<LoadResult>
}

const { name, deadlineMs }: SharedTabInit = JSON.parse(window.name)
const manifest = await fetchBobbinManifest()
const roles: Role[] = []
const restarts: string[] = []
const workers: Worker[] = []
let opened = 0

const engine = createSharedEngine({
  name,
  deadlineMs,
  createEngine: () =>
    createWorkerEngine({
      threads: 1,
      startWorker() {
        const worker = startDefaultWorker()
        workers.push(worker)
        return worker
      },
    }),
  onRole: (role) => roles.push(role),
  onRestart: ({ message }) => restarts.push(message),
})

const tab: SharedTab = {
  engine,
  roles,
  restarts,
  workers,
  opened: () => opened,
  load: (modelName = 'Bobbin', { onStage, ...init } = {}) =>
    engine.load(
      {
        manifest: { ...manifest, name: modelName },
        backend: 'wasm',
        async openFiles() {
          opened += 1
          return fetchBobbinFiles(manifest)
        },
        ...init,
      },
      onStage ? { onStage } : {},
    ),
}
Object.assign(window, { tab })
