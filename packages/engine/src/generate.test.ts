import { readFile } from 'node:fs/promises'
import { greedySampling, type Message } from '@weft/protocol'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from './engine.ts'
import { createLocalEngine } from './local-engine.ts'
import { bobbinInit, loadBobbin, nodeCpu, readBobbin } from './testing/node-model.ts'
import { collect, referenceRuns, runReference, story } from './testing/reference-runs.ts'
import { watchRuns } from './testing/watch-runs.ts'

const { manifest } = readBobbin()
const generationConfig = new URL(
  '../../../public/models/bobbin/generation_config.json',
  import.meta.url,
)
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
    expect(answer).toMatchObject(await engine.measurePrompt(story))
    expect(answer.text.length).toBeGreaterThan(100)
    expect(answer.text).not.toContain('<|')
  })

  test('the seed decides, and decides again the same', async () => {
    const sampling = { ...greedySampling, temperature: 1 }
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
    expect(Math.max(...leads)).toBeLessThanOrEqual(4)
  })

  test('maxTokens and the context end an answer by length', async () => {
    const short = await collect(engine.generate({ ...story, maxTokens: 3 }))
    expect(short).toMatchObject({ finishReason: 'length', tokens: { length: 3 } })
    const messages = fillContext(505)
    const { inputTokens } = await engine.measurePrompt({ ...story, messages })
    const room = manifest.contextTokens - inputTokens
    const sampling = { ...greedySampling, temperature: 2 }
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
    await expect(engine.measurePrompt({ ...story, messages })).rejects.toThrow(refused)
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

describe('what an answer holds', () => {
  test.each(['break', 'error', 'end'])('is freed when it ends by %s', async (how) => {
    const engine = await loadBobbin()
    const answer = async () => {
      for await (const part of engine.generate({ ...story, maxTokens: 30 })) {
        if (part.type === 'delta' && part.index === 2 && how === 'break') break
        if (part.type === 'delta' && part.index === 2 && how === 'error') throw new Error('reader')
      }
    }
    await answer().catch(() => {})
    await expect.poll(engine.memory).toMatchObject({ runningJobs: 0, kvBytes: 0 })
    await engine.close()
  })
})

describe('a resume', () => {
  test.each(referenceRuns)('continues as if it had never stopped, %#', async (init) => {
    const engine = await loadBobbin()
    const whole = await collect(engine.generate({ ...init, maxTokens: 24 }))
    for (const cut of [0, 1, 5, whole.tokens.length]) {
      const answered = whole.tokens.slice(0, cut)
      const rest = await collect(engine.generate({ ...init, maxTokens: 24, answered }))
      expect([...answered, ...rest.tokens]).toEqual(whole.tokens)
      expect(whole.text.endsWith(rest.text)).toBe(true)
      expect(rest).toMatchObject({
        finishReason: whole.finishReason,
        inputTokens: whole.inputTokens,
        outputTokens: whole.tokens.length,
      })
    }
    await engine.close()
  })

  test.each([999_999_999, 4096, -1, 1.5])(
    'behind a token that the model has not, %d, is refused',
    async (token) => {
      const engine = await loadBobbin()
      const alone = await collect(engine.generate({ ...story, maxTokens: 12 }))
      const [running, resumed] = await Promise.allSettled([
        collect(engine.generate({ ...story, maxTokens: 12 })),
        collect(engine.generate({ ...story, answered: [5, token] })),
      ])
      expect(resumed).toMatchObject({ reason: { code: 'engine/bad-resume' } })
      expect(running).toEqual({ status: 'fulfilled', value: alone })
      await engine.close()
    },
  )

  test('behind an end of the model is refused: nobody would believe what is signed for it', async () => {
    const { eos_token_id: endTokens } = JSON.parse(await readFile(generationConfig, 'utf8'))
    const engine = await loadBobbin()
    const { tokens } = await collect(engine.generate({ ...story, maxTokens: 3 }))
    for (const endToken of endTokens) {
      await expect(
        collect(engine.generate({ ...story, answered: [...tokens, endToken] })),
      ).rejects.toThrow(code('engine/bad-resume'))
    }
    expect(endTokens.length).toBeGreaterThan(0)
    await engine.close()
  })

  test('behind the last token it may have says so', async () => {
    const engine = await loadBobbin()
    const answered = [5, 6, 7]
    await expect(collect(engine.generate({ ...story, maxTokens: 2, answered }))).rejects.toThrow(
      code('engine/bad-resume'),
    )
    await engine.close()
  })
})

describe('a slow reader', () => {
  test('leaves the batch and comes back to it seldom', async () => {
    const rows: number[] = []
    const engine = createLocalEngine({
      openRuntime: async () => nodeCpu,
      onStep: (step) => step.type === 'decode' && rows.push(step.rows),
    })
    await engine.load(bobbinInit())
    // Ends by length.
    const logitBias = [0, 3].map((token) => ({ token, bias: -100 }))
    const long = { ...story, sampling: { ...greedySampling, logitBias }, maxTokens: 128 }
    const slow = engine.generate(long)[Symbol.asyncIterator]()
    let slowTokens = 0
    let fastTokens = 0
    for await (const part of engine.generate(long)) {
      if (part.type !== 'delta') continue
      fastTokens += 1
      if (fastTokens % 2 > 0) continue
      const { value } = await slow.next()
      if (value?.type === 'delta') slowTokens += 1
    }
    expect(fastTokens).toBe(128)
    expect(slowTokens).toBeGreaterThan(50)
    // A step of other rows than the last one copied the cache of all of them.
    const changes = rows.filter((count, step) => count !== (rows[step - 1] ?? count)).length
    expect(changes).toBeLessThan(fastTokens / 4)
    await slow.return?.()
    await engine.close()
  })
})

describe('a conversation that is too long', () => {
  const turn = (words: string): Message[] => [
    { role: 'user', content: words },
    { role: 'assistant', content: words },
  ]
  const messages: Message[] = [
    ...turn('7'.repeat(200)),
    ...turn('8'.repeat(200)),
    { role: 'user', content: 'Hello! Who are you?' },
  ]

  test('loses its oldest turns where that is asked for, and says how many', async () => {
    const engine = await loadBobbin()
    const parts = engine.generate({ ...story, messages, maxTokens: 8, overflow: 'slide' })
    const slid = await collect(parts)
    const short = await collect(
      engine.generate({ ...story, messages: messages.slice(2), maxTokens: 8 }),
    )
    expect(slid.droppedMessages).toBe(2)
    expect(slid.tokens).toEqual(short.tokens)
    expect(short.droppedMessages).toBe(0)
    await engine.close()
  })

  test('is refused where even the last message is', async () => {
    const engine = await loadBobbin()
    const alone = engine.generate({ ...story, messages: fillContext(600), overflow: 'slide' })
    await expect(collect(alone)).rejects.toThrow(code('engine/prompt-too-long'))
    await engine.close()
  })
})

describe('a device', () => {
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
