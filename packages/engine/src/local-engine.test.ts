import { readFileSync } from 'node:fs'
import { createLocalEngine } from './local-engine.ts'
import { createResilientEngine } from './resilient/resilient-engine.ts'
import { bobbinInit, nodeCpu } from './testing/node-model.ts'
import { testEngine } from './testing/test-engine.ts'

const reference: number[][] = readFileSync(
  new URL('./testing/reference-runs.jsonl', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
const createEngine = () => createLocalEngine({ openRuntime: async () => nodeCpu })

testEngine('the local engine', {
  backend: 'node-cpu',
  openEngine: createEngine,
  loadInit: bobbinInit,
  reference,
})
testEngine('the resilient engine', {
  backend: 'node-cpu',
  openEngine: () => createResilientEngine({ createEngine }),
  loadInit: bobbinInit,
  reference,
})
