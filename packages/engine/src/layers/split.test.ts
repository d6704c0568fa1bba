import { WeftError } from '@weft/protocol'
import { afterEach, expect, test } from 'vitest'
import type { Engine, LoadInit } from '../engine.ts'
import { createLocalEngine } from '../local-engine.ts'
import { type Recipe, tinyShape } from '../testing/build-model/recipe.ts'
import { builtModelInit } from '../testing/built-model.ts'
import { bobbinInit, nodeCpu } from '../testing/node-model.ts'
import { collect, referenceRuns, story } from '../testing/reference-runs.ts'
import { type SplitPartsInit, splitParts } from '../testing/split-parts.ts'
import type { PartLink } from './part-link.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function load(init: LoadInit): Promise<Engine> {
  const engine = createLocalEngine({ openRuntime: async () => nodeCpu })
  ends.push(() => engine.close())
  await engine.load(init)
  return engine
}

async function loadSplit(whole: LoadInit, init: SplitPartsInit): Promise<Engine> {
  const { hosts, init: split } = await splitParts(whole, init)
  ends.push(async () => void (await Promise.all(hosts.map((host) => host.release()))))
  return load(split)
}

const answersOf = (engine: Engine) =>
  Promise.all(referenceRuns.map(async (run) => (await collect(engine.generate(run))).tokens))

async function logitsOf(engine: Engine): Promise<number[]> {
  const inits = [{ ...story, answer: [5, 70, 900, 33, 8], claim: null }]
  const [score] = await engine.score(inits, { topK: 20, hiddenStates: true })
  return [
    ...(score?.topLogits ?? []),
    ...(score?.answerLogits ?? []),
    ...(score?.hiddenStates ?? []),
  ]
}

function largestGap(a: readonly number[], b: readonly number[]): number {
  expect(b.length).toBe(a.length)
  expect(a.length).toBeGreaterThan(100)
  return Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? Number.NaN))))
}

const built = (change: Partial<Recipe>): Partial<Recipe> => ({
  ...change,
  shape: { ...tinyShape, layers: 4, headDim: change.family === 'phi3' ? 64 : 16 },
})

test.each<[Partial<Recipe>, number]>([
  [{ family: 'llama', attention: 'concat' }, 2],
  [{ family: 'gemma3', attention: 'gqa' }, 3],
])('%o in %i parts says what it says whole', async (recipe, tabs) => {
  const init = await builtModelInit(built(recipe))
  const [whole, split] = [await load(init), await loadSplit(init, { tabs, width: 64 })]
  expect(await answersOf(split)).toEqual(await answersOf(whole))
  expect(largestGap(await logitsOf(whole), await logitsOf(split))).toBeLessThan(1e-5)
})

/** A part that is gone after so many steps; whoever connects again finds it well. */
function dyingLinks(stepsUntilGone: () => number) {
  let connected = 0
  return {
    connected: () => connected,
    between(link: PartLink): PartLink {
      connected += 1
      let left = stepsUntilGone()
      return {
        ...link,
        async step(...args) {
          left -= 1
          if (left < 0) throw new WeftError('network/stream-lost', 'It is gone.')
          return link.step(...args)
        },
      }
    },
  }
}

test('a part that is lost again and again costs no token and repeats none', {
  timeout: 60_000,
}, async () => {
  const whole = await load(bobbinInit())
  const lives = [90, 7, 31, 12, 1000]
  const links = dyingLinks(() => lives.shift() ?? 1000)
  const split = await loadSplit(bobbinInit(), { tabs: 3, width: 192, ...links })
  expect(await answersOf(split)).toEqual(await answersOf(whole))
  expect(links.connected()).toBeGreaterThan(4)
})

test('a part without room says so, and the answer fails with that', async () => {
  const bytesPerToken = 3 * 2 * 2 * 32 * 4
  const split = loadSplit(bobbinInit(), { tabs: 2, width: 192, maxBytes: 20 * bytesPerToken })
  await expect(split).rejects.toMatchObject({ code: 'engine/out-of-memory' })
})
