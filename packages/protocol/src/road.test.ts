import { describe, expect, test } from 'vitest'
import { sha256, utf8ToBytes } from './bytes.ts'
import { TokenChain } from './delta.ts'
import { WeftError } from './errors.ts'
import { checkPrompt, createJob, jobId } from './job.ts'
import { limits } from './limits.ts'
import { costWei, freePrice } from './price.ts'
import { mostPromptTokens } from './prompt-tokens.ts'
import { checkQuote, type Quote, signQuote } from './quote.ts'
import { checkReceipt, type Receipt, signReceipt, type Transcript } from './receipt.ts'
import { checkRegistration } from './registration.ts'
import { deriveSeed, samplerHash } from './sampler.ts'
import { defaultSampling } from './sampling.ts'
import { createPrivateKey, peerIdFromPrivateKey } from './signature.ts'
import { callingSample, sampleModelCid, sampleRegistration, sampleRoad } from './testing/samples.ts'
import { toolsSchema } from './tools.ts'

const nowMs = 1_800_000_000_000

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return WeftError.is(error) ? error.code : `not ours: ${error}`
  }
  return 'no error'
}

describe('job', () => {
  test('commits to the nonce without revealing it', () => {
    const { job, nonce } = sampleRoad()
    expect(job.nonceHash).toEqual(sha256(nonce))
    expect(Object.values(job)).not.toContain(nonce)
  })

  test('has an id that any change of the job changes', () => {
    const { job } = sampleRoad()
    expect(jobId({ ...job })).toEqual(jobId(job))
    expect(jobId({ ...job, maxTokens: job.maxTokens + 1 })).not.toEqual(jobId(job))
  })

  test('refuses an empty prompt', () => {
    const empty = [{ role: 'user', content: ' \n ' }] as const
    expect(codeOf(() => checkPrompt({ messages: [...empty], tools: [] }))).toBe(
      'protocol/empty-prompt',
    )
    expect(codeOf(() => checkPrompt({ messages: [], tools: [] }))).toBe('protocol/empty-prompt')
  })

  test('counts functions and calls as what the model reads, and their hash with them', () => {
    const { job } = sampleRoad()
    checkPrompt(callingSample)
    const calling = { ...job, ...callingSample }
    expect(jobId({ ...calling, tools: [] })).not.toEqual(jobId(calling))
    const [tool] = callingSample.tools
    const parameters = `{"a":"${'x'.repeat(60_000)}"}`
    const tools = Array.from({ length: 7 }, (_, n) => ({ ...tool, name: `f${n}`, parameters }))
    const longer = { ...callingSample, tools } as typeof callingSample
    expect(codeOf(() => checkPrompt(longer))).toBe('protocol/too-large')
    expect(mostPromptTokens(longer)).toBeGreaterThan(420_000)
  })

  test.each([
    ['a name with a blank', { name: 'the weather' }],
    ['a schema that is no object', { parameters: '[]' }],
    ['a schema that is no JSON', { parameters: '{' }],
    ['a deep nest', { parameters: `{"a":${'['.repeat(30)}${']'.repeat(30)}}` }],
  ])('refuses a function with %s', (_name, change) => {
    const tools = callingSample.tools.map((tool) => ({ ...tool, ...change }))
    expect(toolsSchema.safeParse(tools).success).toBe(false)
    expect(toolsSchema.safeParse([...callingSample.tools, ...callingSample.tools]).success).toBe(
      false,
    )
  })

  test('says by how much a prompt is too long', () => {
    const content = 'é'.repeat(limits.maxPromptBytes / 2 + 5)
    expect(() => checkPrompt({ messages: [{ role: 'user', content }], tools: [] })).toThrow(
      '10 bytes over the limit',
    )
    expect(
      codeOf(() =>
        createJob({
          modelCid: sampleModelCid,
          messages: [{ role: 'user', content }],
          sampling: defaultSampling,
          overflow: 'error',
          maxTokens: 1,
          clientPeerId: peerIdFromPrivateKey(createPrivateKey()),
          maxPrice: freePrice,
          createdAtMs: nowMs,
        }),
      ),
    ).toBe('protocol/too-large')
  })
})

describe('quote', () => {
  const { job, quote, nodeKey } = sampleRoad()
  const nodePeerId = quote.nodePeerId
  const context = { job, firstToken: 0, nodePeerId, contextTokens: 4_096, nowMs }
  const resign = (change: Partial<Quote>) => {
    const { signature: _, ...unsigned } = { ...quote, ...change }
    return signQuote(unsigned, nodeKey)
  }

  test('an honest one is accepted', () => {
    expect(codeOf(() => checkQuote(quote, context))).toBe('no error')
  })

  test('one that was altered after signing is refused', () => {
    expect(codeOf(() => checkQuote({ ...quote, inputTokens: 1 }, context))).toBe(
      'protocol/signature',
    )
  })

  test.each([
    ['another job', { jobId: new Uint8Array(32) }],
    ['at another token', { firstToken: 7 }],
    ['leaves out what it must not', { droppedMessages: 1 }],
    ['more tokens than the prompt can have', { inputTokens: 900_000 }],
    ['another model', { modelCid: sampleModelCid.replace('g', 'h') }],
    [
      'above what the job allows',
      { price: { inputWeiPerMillion: 0n, outputWeiPerMillion: 10n ** 20n } },
    ],
    ['expired', { expiresAtMs: nowMs }],
  ])('one that is for %s is refused', (words, change) => {
    expect(() => checkQuote(resign(change), context)).toThrow(words)
  })

  test('one that counts more than its model reads is refused, though the text could have as many', () => {
    const { inputTokens } = quote
    expect(codeOf(() => checkQuote(quote, { ...context, contextTokens: inputTokens }))).toBe(
      'no error',
    )
    const less = { ...context, contextTokens: inputTokens - 1 }
    expect(() => checkQuote(quote, less)).toThrow('more tokens than the prompt can have')
  })

  test('one by another peer is refused', () => {
    const other = peerIdFromPrivateKey(createPrivateKey())
    expect(codeOf(() => checkQuote(quote, { ...context, nodePeerId: other }))).toBe(
      'protocol/signature',
    )
  })
})

describe('receipt', () => {
  const { receipt, transcript, nodeKey } = sampleRoad()

  test('an honest one is accepted', () => {
    expect(codeOf(() => checkReceipt(receipt, transcript))).toBe('no error')
  })

  test('one for the rest of an answer counts the tokens since then, and chains them all', () => {
    const [answered, deltas] = [transcript.deltas.slice(0, 9), transcript.deltas.slice(9)]
    const tokens = answered.flatMap((delta) => delta.tokens)
    const rest: Transcript = { ...transcript, answered: tokens, deltas }
    const { signature: _, ...unsigned } = receipt
    const text = deltas.map((delta) => delta.text).join('')
    const { quote } = transcript
    const honest = {
      ...unsigned,
      firstToken: 9,
      outputTokens: 31,
      textHash: sha256(utf8ToBytes(text)),
      costWei: costWei(quote.price, { inputTokens: quote.inputTokens, outputTokens: 31 }),
    }
    expect(codeOf(() => checkReceipt(signReceipt(honest, nodeKey), rest))).toBe('no error')
    const swapped = { ...rest, answered: tokens.with(3, 1) }
    expect(codeOf(() => checkReceipt(signReceipt(honest, nodeKey), swapped))).toBe(
      'protocol/receipt',
    )
  })

  test('one that ran out of room where there was none is accepted', () => {
    const { signature: _, ...unsigned } = receipt
    const full = signReceipt({ ...unsigned, finishReason: 'length' }, nodeKey)
    const within = (contextTokens: number) =>
      codeOf(() => checkReceipt(full, { ...transcript, contextTokens }))
    expect(within(53)).toBe('protocol/receipt')
    expect(within(52)).toBe('no error')
  })

  test('one for other fingerprints than came, or for fewer, is refused', () => {
    const withoutIt = transcript.deltas.map(({ tokens, text }) => ({ tokens, text }))
    expect(codeOf(() => checkReceipt(receipt, { ...transcript, deltas: withoutIt }))).toBe(
      'protocol/receipt',
    )
    const other = transcript.deltas.map(({ fingerprint, ...delta }) =>
      fingerprint ? { ...delta, fingerprint: fingerprint.with(2, 1) } : delta,
    )
    expect(codeOf(() => checkReceipt(receipt, { ...transcript, deltas: other }))).toBe(
      'protocol/receipt',
    )
  })

  test('one that was altered after signing is refused', () => {
    const altered = { ...receipt, outputTokens: receipt.outputTokens + 1 }
    expect(codeOf(() => checkReceipt(altered, transcript))).toBe('protocol/signature')
  })

  test.each<[keyof Receipt, Partial<Receipt>]>([
    ['jobId', { jobId: new Uint8Array(32) }],
    ['modelCid', { modelCid: sampleModelCid.replace('g', 'h') }],
    ['nonce', { nonce: new Uint8Array(32) }],
    ['samplerHash', { samplerHash: samplerHash({ ...defaultSampling, temperature: 0 }) }],
    ['tokenizerHash', { tokenizerHash: new Uint8Array(32) }],
    ['inputTokens', { inputTokens: 13 }],
    ['firstToken', { firstToken: 1 }],
    ['outputTokens', { outputTokens: 41 }],
    ['tokenChain', { tokenChain: [] }],
    ['textHash', { textHash: new Uint8Array(32) }],
    ['finishReason', { finishReason: 'cancelled' }],
    ['finishReason', { finishReason: 'length' }],
    ['engine', { engine: { runtime: 'other', backend: 'wasm', device: '2 threads' } }],
    ['price', { price: freePrice }],
    ['costWei', { costWei: 41n }],
    ['channelId', { channelId: null }],
    ['endedAtMs', { endedAtMs: 0 }],
  ])('one that is signed and lies about %s is refused by name', (field, change) => {
    const { signature: _, ...unsigned } = { ...receipt, ...change }
    const lie = signReceipt(unsigned, nodeKey)
    const facts = (() => {
      try {
        checkReceipt(lie, transcript)
        return []
      } catch (error) {
        return WeftError.is(error) ? error.facts : []
      }
    })()
    expect(facts).toContain(`Differs: ${field}`)
  })

  test('the cost is exact and rounded down once', () => {
    const price = { inputWeiPerMillion: 1_500_000n, outputWeiPerMillion: 999_999n }
    expect(costWei(price, { inputTokens: 1, outputTokens: 1 })).toBe(2n)
    expect(costWei(freePrice, { inputTokens: 9, outputTokens: 9 })).toBe(0n)
  })
})

describe('token chain', () => {
  const seedParts = { jobId: new Uint8Array(32), nonce: new Uint8Array(32).fill(1) }

  test('does not depend on how tokens are cut into deltas', () => {
    const tokens = Array.from({ length: 100 }, (_, index) => index)
    const whole = new TokenChain(seedParts)
    whole.push(tokens)
    const single = new TokenChain(seedParts)
    for (const token of tokens) single.push([token])
    expect(single.windows()).toEqual(whole.windows())
    expect(whole.windows()).toHaveLength(4)
  })

  test('each window depends on all before it', () => {
    const a = new TokenChain(seedParts)
    a.push(Array(64).fill(5))
    const b = new TokenChain(seedParts)
    b.push([6, ...Array(63).fill(5)])
    expect(a.windows()[1]).not.toEqual(b.windows()[1])
  })
})

test('the seed needs the job, the nonce and the model', () => {
  const parts = { jobId: new Uint8Array(32), nonce: new Uint8Array(32), modelCid: sampleModelCid }
  const seed = deriveSeed(parts)
  expect(seed).toHaveLength(32)
  expect(deriveSeed({ ...parts, nonce: new Uint8Array(32).fill(1) })).not.toEqual(seed)
  expect(deriveSeed({ ...parts, modelCid: `${sampleModelCid}a` })).not.toEqual(seed)
})

test('a registration is only about its own peer', () => {
  const key = createPrivateKey()
  const registration = sampleRegistration(key)
  expect(codeOf(() => checkRegistration(registration, registration.peerId))).toBe('no error')
  const other = peerIdFromPrivateKey(createPrivateKey())
  expect(codeOf(() => checkRegistration(registration, other))).toBe('protocol/registration')
  const forged = { ...registration, maxJobs: 9 }
  expect(codeOf(() => checkRegistration(forged, registration.peerId))).toBe('protocol/signature')
})
