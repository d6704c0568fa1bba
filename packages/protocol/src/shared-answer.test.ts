import { expect, test } from 'vitest'
import { sha256, utf8ToBytes } from './bytes.ts'
import { signReceipt } from './receipt.ts'
import { checkSharedAnswer, packAnswer, type SharedAnswer, unpackAnswer } from './shared-answer.ts'
import { createPrivateKey, peerIdFromPrivateKey } from './signature.ts'
import { sampleRoad } from './testing/samples.ts'

const { receipt, transcript, nodeKey } = sampleRoad()
const { job, nonce, deltas } = transcript
const tokens = deltas.flatMap((delta) => delta.tokens)
const text = deltas.map((delta) => delta.text).join('')
const segments = [{ peerId: receipt.nodePeerId, startToken: 0, startChar: 0 }]
const fingerprints = deltas.flatMap(({ fingerprint }) => fingerprint ?? [])
const made = { job, nonce, tokens, text, fingerprints }
const shared: SharedAnswer = { version: 1, ...made, segments, receipt }

/** Of an answer whose first tokens and words came from a node that was lost. */
function handedOver(): SharedAnswer {
  const { signature: _, ...unsigned } = receipt
  const rest = text.slice(12)
  const change = { firstToken: 2, outputTokens: tokens.length - 2, costWei: 0n }
  const second = signReceipt(
    {
      ...unsigned,
      ...change,
      price: { inputWeiPerMillion: 0n, outputWeiPerMillion: 0n },
      textHash: sha256(utf8ToBytes(rest)),
    },
    nodeKey,
  )
  const lost = peerIdFromPrivateKey(createPrivateKey())
  const parts = [
    { peerId: lost, startToken: 0, startChar: 0 },
    { peerId: receipt.nodePeerId, startToken: 2, startChar: 12 },
  ]
  return { ...shared, segments: parts, receipt: second }
}

test('what was shared comes out of its link as it was, and holds', async () => {
  for (const answer of [shared, handedOver()]) {
    const link = await packAnswer(answer)
    expect(link).toMatch(/^[A-Za-z0-9_-]+$/)
    const opened = await unpackAnswer(link)
    expect(opened).toEqual(answer)
    checkSharedAnswer(opened)
  }
})

const startingAt = (startToken: number, startChar: number) => [
  { peerId: receipt.nodePeerId, startToken, startChar },
]

test.each<[string, Partial<SharedAnswer>]>([
  ['another text', { text: `${text}!` }],
  ['another token', { tokens: tokens.with(0, (tokens[0] ?? 0) + 1) }],
  ['another fingerprint', { fingerprints: fingerprints.map((each) => each.toReversed()) }],
  ['no fingerprint', { fingerprints: [] }],
  ['one fingerprint more', { fingerprints: [...fingerprints, ...fingerprints] }],
  ['fewer tokens', { tokens: tokens.slice(0, -1) }],
  ['another prompt', { job: { ...job, messages: [{ role: 'user', content: 'Other' }] } }],
  ['another nonce', { nonce: new Uint8Array(32) }],
  ['words before the answer', { text: `No. ${text}`, segments: startingAt(0, 4) }],
  ['an earlier beginning', { ...handedOver(), segments: startingAt(2, 11) }],
  ['tokens of somebody else', { ...handedOver(), segments: startingAt(1, 12) }],
  [
    'another maker',
    {
      segments: [{ peerId: peerIdFromPrivateKey(createPrivateKey()), startToken: 0, startChar: 0 }],
    },
  ],
  ['another receipt', { receipt: { ...receipt, inputTokens: receipt.inputTokens + 1 } }],
])('%s is refused', (_, change) => {
  expect(() => checkSharedAnswer({ ...shared, ...change })).toThrow(
    expect.objectContaining({ code: expect.stringMatching(/^protocol\/(receipt|signature)$/) }),
  )
})

test('a link that was cut, changed, made up, or blown up is told apart from one that holds', async () => {
  const link = await packAnswer(shared)
  const malformed = expect.objectContaining({ code: 'protocol/malformed' })
  await expect(unpackAnswer(link.slice(0, -9))).rejects.toEqual(malformed)
  await expect(unpackAnswer(`${link.slice(0, 40)}AAAA${link.slice(44)}`)).rejects.toEqual(malformed)
  for (let cut = 1; cut <= 4; cut += 1) {
    const { facts } = await unpackAnswer(link.slice(0, -cut)).catch((error) => error)
    expect(facts.join()).toMatch(/cut off|missing/)
  }
  for (const text of ['', 'u', 'hello', '%%%', 'uAAAA']) {
    await expect(unpackAnswer(text)).rejects.toEqual(malformed)
  }
  const bomb = await new Response(
    new Blob([new Uint8Array(8e6)]).stream().pipeThrough(new CompressionStream('deflate')),
  ).bytes()
  const { base64url } = await import('multiformats/bases/base64')
  await expect(unpackAnswer(base64url.encode(bomb))).rejects.toMatchObject({
    code: 'protocol/too-large',
  })
})
