import { afterAll } from 'vitest'
import type { LoadInit } from './engine.ts'
import { createLocalEngine } from './local-engine.ts'
import { createResilientEngine } from './resilient/resilient-engine.ts'
import { createSharedEngine } from './shared/shared-engine.ts'
import { closeTabs, openSharedTab } from './testing/open-shared-tab.ts'
import referenceLines from './testing/reference-runs.jsonl?raw'
import { testEngine } from './testing/test-engine.ts'
import { fetchBobbinFiles, fetchBobbinManifest } from './testing/web-model.ts'
import { openWebRuntime } from './worker/web-runtime.ts'
import { createWorkerEngine } from './worker/worker-engine.ts'

const reference: number[][] = referenceLines
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
const createEngine = () => createWorkerEngine({ threads: 1 })

async function bobbin(backend: 'wasm' | 'webgpu'): Promise<LoadInit> {
  const manifest = await fetchBobbinManifest()
  return { manifest, backend, openFiles: () => fetchBobbinFiles(manifest) }
}
const onCpu = { backend: 'wasm', loadInit: () => bobbin('wasm'), reference } as const

afterAll(closeTabs)

const createInPage = () =>
  createLocalEngine({
    openRuntime: (choice, model) => openWebRuntime(choice, { threads: 1, ...model }),
  })

testEngine('the resilient engine', {
  ...onCpu,
  openEngine: () => createResilientEngine({ createEngine }),
})

testEngine('the engine in the page', { ...onCpu, openEngine: createInPage })

testEngine('the worker engine', { ...onCpu, openEngine: createEngine })

// In software here: a token takes a third of a second. What is around a worker does not see its backend.
testEngine('the worker engine on WebGPU', {
  backend: 'webgpu',
  device: 'google swiftshader (software)',
  loadInit: () => bobbin('webgpu'),
  reference,
  isSlow: true,
  timeoutMs: 300_000,
  openEngine: createEngine,
})

testEngine('the shared engine of the tab that leads', {
  ...onCpu,
  openEngine: () => createSharedEngine({ name: 'suite-leader', createEngine }),
})

testEngine('the shared engine of a tab that follows', {
  ...onCpu,
  async openEngine() {
    const name = 'suite-follower'
    const leader = await openSharedTab({ name, deadlineMs: 10_000 })
    await leader.load('Bobbin', { backend: 'wasm' })
    return createSharedEngine({
      name,
      createEngine() {
        throw new Error('Another tab has the engine.')
      },
    })
  },
  joins: true,
})
