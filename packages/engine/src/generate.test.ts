import type { Message } from '@weft/protocol'
import type { Tensor } from 'onnxruntime-web'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from './engine.ts'
import { loadBobbin, readBobbin } from './testing/node-model.ts'
import { collect, referenceRuns, runReference, story } from './testing/reference-runs.ts'
import { watchRuns } from './testing/watch-runs.ts'

const { manifest } = readBobbin()
const code = (value: unknown) => expect.objectContaining({ code: value })

describe('generate', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await loadBobbin()
  })

  test('parts come in order and the text is whole', async () => {
    const answer = await collect(engine.generate(story))
    expect(answer.types).toEqual(['prefill-end', ...answer.tokens.map(() => 'delta'), 'end'])
    expect(answer.finishReason).toBe('stop')
    expect(answer.inputTokens).toBe(await engine.countPromptTokens(story.messages))
    expect(answer.text.length).toBeGreaterThan(100)
    expect(answer.text).not.toContain('<|')
  })

  test('the seed decides, and decides again the same', async () => {
    const sampling = { temperature: 1, topK: 0, topP: 1 }
    const answer = (byte: number) =>
      collect(
        engine.generate({ ...story, sampling, maxTokens: 24, seed: new Uint8Array(32).fill(byte) }),
      )
    const [one, again, other] = [await answer(1), await answer(1), await answer(2)]
    expect(again.tokens).toEqual(one.tokens)
    expect(other.tokens).not.toEqual(one.tokens)
  })

  test('answers at the same time equal answers alone', async () => {
    const alone = await runReference(engine)
    const together = await Promise.all(
      referenceRuns.map(async (init) => (await collect(engine.generate(init))).tokens),
    )
    expect(together).toEqual(alone)
  })

  test('answers at the same time take turns token by token', async () => {
    const counts = [0, 0, 0]
    const leads: number[] = []
    await Promise.all(
      counts.map(async (_, run) => {
        for await (const part of engine.generate({ ...story, maxTokens: 20 })) {
          if (part.type === 'delta') counts[run] = (counts[run] ?? 0) + 1
          if (part.type === 'delta') leads.push(Math.max(...counts) - Math.min(...counts))
        }
      }),
    )
    expect(Math.max(...leads)).toBeLessThanOrEqual(2)
  })

  test('maxTokens and the context end an answer by length', async () => {
    const short = await collect(engine.generate({ ...story, maxTokens: 3 }))
    expect(short).toMatchObject({ finishReason: 'length', tokens: { length: 3 } })
    const messages = fillContext(505)
    const room = manifest.contextTokens - (await engine.countPromptTokens(messages))
    const sampling = { temperature: 2, topK: 0, topP: 1 }
    const full = await collect(engine.generate({ ...story, sampling, messages }))
    expect(room).toBeLessThan(10)
    expect(full).toMatchObject({ finishReason: 'length', tokens: { length: room } })
  })

  test('a prompt that leaves no room says by how much', async () => {
    const messages = fillContext(600)
    const error = {
      code: 'engine/prompt-too-long',
      facts: ['Limit: 511 tokens', expect.stringMatching(/^Actual: \d+ tokens$/)],
    }
    const refused = expect.objectContaining(error)
    await expect(engine.countPromptTokens(messages)).rejects.toThrow(refused)
    await expect(collect(engine.generate({ ...story, messages }))).rejects.toThrow(refused)
  })

  test('a cancel ends the answer within one step', async () => {
    const controller = new AbortController()
    const types: string[] = []
    for await (const part of engine.generate(story, { signal: controller.signal })) {
      types.push(part.type)
      if (types.length === 4) controller.abort()
      if (part.type === 'end')
        expect(part).toMatchObject({ finishReason: 'cancelled', outputTokens: 3 })
    }
    expect(types).toEqual(['prefill-end', 'delta', 'delta', 'delta', 'end'])
  })

  test('a cancel is heard during a long prefill', async () => {
    const controller = new AbortController()
    const answer = collect(
      engine.generate({ ...story, messages: fillContext(500) }, { signal: controller.signal }),
    )
    controller.abort()
    expect(await answer).toMatchObject({ types: ['end'], finishReason: 'cancelled', tokens: [] })
  })

  test('measures its speed', async () => {
    const { prefillTokensPerSecond, decodeTokensPerSecond } = await engine.measure()
    expect(prefillTokensPerSecond).toBeGreaterThan(0)
    expect(decodeTokensPerSecond).toBeGreaterThan(0)
    const signal = AbortSignal.abort()
    await expect(engine.measure({ signal })).rejects.toThrow(code('protocol/cancelled'))
  })
})

describe('what a runtime holds', () => {
  test.each(['break', 'error', 'end'])('is freed when an answer ends by %s', async (how) => {
    const alive = new Set<Tensor>()
    const runtime = watchRuns((results) => {
      for (const tensor of Object.values(results)) {
        const dispose = tensor.dispose.bind(tensor)
        alive.add(tensor)
        tensor.dispose = () => {
          alive.delete(tensor)
          dispose()
        }
      }
    })
    const engine = await loadBobbin(runtime)
    expect(alive.size).toBe(0)
    const answer = async () => {
      for await (const part of engine.generate({ ...story, maxTokens: 5 })) {
        expect(part.type === 'end' || alive.size > 0).toBe(true)
        if (part.type === 'delta' && part.index === 2 && how === 'break') break
        if (part.type === 'delta' && part.index === 2 && how === 'error') throw new Error('reader')
      }
    }
    await answer().catch(() => {})
    expect(alive.size).toBe(0)
    await engine.close()
  })

  test('a lost device ends running answers, and what comes after', async () => {
    const { promise: lost, resolve: lose } = Promise.withResolvers<string>()
    let isStuck = false
    const runtime = watchRuns(() => (isStuck ? new Promise(() => {}) : undefined))
    const engine = await loadBobbin({ ...runtime, lost: () => lost })
    isStuck = true
    const answer = collect(engine.generate(story))
    lose('driver reset')
    const gone = expect.objectContaining({ code: 'engine/device-lost', facts: ['driver reset'] })
    await expect(answer).rejects.toThrow(gone)
    await expect(collect(engine.generate(story))).rejects.toThrow(gone)
  })
})

/** A conversation of about `tokens` tokens. */
function fillContext(tokens: number): Message[] {
  return [{ role: 'user', content: '7'.repeat(tokens) }]
}
