/** What is lost or refused between two steps, seen from the decoder. */
import { WeftError } from '@weft/protocol'
import { afterEach, expect, test } from 'vitest'
import type { Decoder } from '../decoder/decoder.ts'
import { tinyShape } from '../testing/build-model/recipe.ts'
import { builtModelInit } from '../testing/built-model.ts'
import { nodeCpu } from '../testing/node-model.ts'
import { type SplitPartsInit, splitParts } from '../testing/split-parts.ts'
import { openSplitDecoder } from './open-split-decoder.ts'
import type { PartLink } from './part-link.ts'

const contextTokens = 1024
const shape = { ...tinyShape, context: contextTokens }
/** More than a step may have. */
const prompt = Array.from({ length: 520 }, (_, index) => (index * 31) % shape.vocab)
const whole = await builtModelInit({ shape, attention: 'concat' })

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function open(init: Partial<SplitPartsInit> = {}): Promise<Decoder> {
  const { hosts, init: split } = await splitParts(whole, { tabs: 2, width: shape.width, ...init })
  ends.push(() => Promise.all(hosts.map((host) => host.release())))
  const decoder = await openSplitDecoder({
    runtime: nodeCpu,
    files: await split.openFiles({}),
    split: split.split,
    contextTokens,
  })
  ends.push(() => decoder.release())
  return decoder
}

async function lastLogits(decoder: Decoder, cache = decoder.createCache(), tokens = prompt) {
  const { logits } = await decoder.forward(cache, {
    tokens: [tokens],
    positions: [tokens.length - 1],
  })
  return Array.from(logits[0]?.[0] ?? [])
}

/** The first link fails with its n-th step that computes, counted from 1. */
function failsAt(step: number, code: string): Pick<SplitPartsInit, 'between'> {
  let steps = 0
  return {
    between: (link): PartLink => ({
      ...link,
      async step(asked, ...rest) {
        if (asked.forward) steps += 1
        if (steps === step && asked.forward) throw new WeftError(code, 'It failed.')
        return link.step(asked, ...rest)
      },
    }),
  }
}

test('a chunk of a prompt whose part is lost, or lacks room, is read again with those before it', async () => {
  const expected = await lastLogits(await open())
  expect(await lastLogits(await open(failsAt(2, 'network/stream-lost')))).toEqual(expected)
  const decoder = await open(failsAt(2, 'engine/out-of-memory'))
  const cache = decoder.createCache()
  await expect(lastLogits(decoder, cache)).rejects.toThrow('It failed.')
  expect(await lastLogits(decoder, cache)).toEqual(expected)
})

test('a text that waits to be read outlives a part', async () => {
  const begun = prompt.slice(0, 9)
  const decoder = await open(failsAt(2, 'network/stream-lost'))
  const waiting = decoder.createCache()
  const expected = await lastLogits(decoder, undefined, begun)
  expect(await lastLogits(decoder, undefined, begun)).toEqual(expected)
  expect(await lastLogits(decoder, waiting, begun)).toEqual(expected)
})

test('a copy without room fails who reads it, and nobody else', async () => {
  const bytesPerToken = 2 * shape.kvHeads * shape.headDim * 4
  const decoder = await open({ maxBytes: 30 * bytesPerToken })
  const cache = decoder.createCache()
  const begun = prompt.slice(0, 12)
  await lastLogits(decoder, cache, begun)
  const copyOf = () => decoder.join([{ cache, row: 0, length: begun.length }])
  const [fits, tooMuch] = [copyOf(), copyOf()]
  const other = await open()
  const same = other.createCache()
  await lastLogits(other, same, begun)
  const expected = await lastLogits(other, same, [7])
  expect(await lastLogits(decoder, fits, [7])).toEqual(expected)
  await expect(lastLogits(decoder, tooMuch, [7])).rejects.toMatchObject({
    code: 'engine/out-of-memory',
  })
})

test('a head that makes copies without end, even of nothing, is refused', async () => {
  const { hosts } = await splitParts(whole, { tabs: 2, width: shape.width })
  const [host] = hosts
  const link = host?.open()
  const sources = [{ cache: 0, row: 0, length: 0 }]
  const copy = (cache: number) => ({ type: 'join' as const, cache, sources })
  const copies = (from: number, count: number) => ({
    changes: Array.from({ length: count }, (_, index) => copy(from + index)),
    forward: null,
  })
  const nothing = new Float32Array()
  await link?.step(copies(1, 1024), nothing)
  for (let from = 2000; from < 2003; from += 1) {
    await expect(link?.step(copies(from, 1), nothing)).rejects.toMatchObject({
      code: 'engine/bad-step',
    })
  }
  await link?.step({ changes: [{ type: 'free', cache: 1 }, copy(3000)], forward: null }, nothing)
  await host?.release()
})
