import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { expect, test } from 'vitest'
import { nodeCpu } from '../testing/node-model.ts'
import { detector, detectSpeech, sileroPath } from '../testing/silero.ts'
import { join, quiet, readWav, sampleRate } from '../testing/wav.ts'
import { openLocalGraph } from './local-graph.ts'
import type { GraphSchema } from './schema.ts'

const recording = readWav(
  readFileSync(new URL('../testing/recordings/austen.wav', import.meta.url)),
)
const seconds = recording.length / sampleRate

/** A file of a package, by `@scope/name/path`. */
function readWeights(path: string): Uint8Array {
  const [scope, name, ...rest] = path.split('/')
  const packageFile = findPackageJSON(`${scope}/${name}`, import.meta.url)
  if (!packageFile) throw new Error(`${scope}/${name} is not installed.`)
  return new Uint8Array(readFileSync(packageFile.replace(/package\.json$/, rest.join('/'))))
}

const open = <Schema extends GraphSchema>(path: string, schema: Schema) =>
  openLocalGraph({
    graph: readWeights(path),
    backend: 'wasm',
    schema,
    openRuntime: async () => nodeCpu,
  })

test('Silero hears speech where it is', { timeout: 60_000 }, async () => {
  const graph = await open(sileroPath, detector)
  const silence = quiet(1.5)
  const probabilities = await detectSpeech(graph, join(silence, recording, silence))
  const between = (from: number, to: number) =>
    probabilities.slice(Math.ceil(from / 0.032), Math.floor(to / 0.032))
  const share = (window: number[]) => window.filter((value) => value > 0.5).length / window.length
  expect(share(between(1.5, 1.5 + seconds))).toBeGreaterThan(0.7)
  expect(Math.max(...between(0, 1.4))).toBeLessThan(0.1)
  expect(Math.max(...between(2.2 + seconds, 3 + seconds))).toBeLessThan(0.1)
  await graph.close()
})
