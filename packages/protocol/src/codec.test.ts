import * as dagCbor from '@ipld/dag-cbor'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { auditRequestSchema, auditResponseSchema } from './audit-messages.ts'
import {
  blobRequestSchema,
  blobResponseHeadSchema,
  decodeBlobResponse,
  encodeBlobResponse,
} from './blob-messages.ts'
import { decode, encode } from './codec.ts'
import { directoryRequestSchema, directoryResponseSchema } from './directory-messages.ts'
import { WeftError } from './errors.ts'
import {
  federationNewsSchema,
  federationPageSchema,
  federationRequestSchema,
} from './federation-messages.ts'
import { grantRequestSchema, grantResponseSchema } from './grant-messages.ts'
import { clientMessageSchema, nodeMessageSchema } from './infer-messages.ts'
import { jobSchema } from './job.ts'
import { headMessageSchema, partMessageSchema } from './layers-messages.ts'
import { limits } from './limits.ts'
import { manifestSchema } from './manifest.ts'
import { proveRequestSchema, proveResponseSchema } from './prove-messages.ts'
import { quoteSchema } from './quote.ts'
import { receiptSchema } from './receipt.ts'
import { encodeRegistration, registrationSchema } from './registration.ts'
import {
  callingSample,
  sampleEmbeddingManifest,
  sampleManifest,
  sampleProof,
  sampleRegistration,
  sampleRoad,
} from './testing/samples.ts'
import { weiSchema } from './values.ts'
import { fundsSchema, voucherSchema } from './voucher.ts'

const { job, nonce, quote, receipt, deltas } = sampleRoad()
const fingerprints = deltas.flatMap(({ fingerprint }) => fingerprint ?? [])
const registration = sampleRegistration()
const sealed = { registration: encodeRegistration(registration), activeJobs: 0 }

const voucher = { maxClaimableWei: 7n, signature: new Uint8Array(64) }
const funds = {
  chainId: 31_337,
  contract: `0x${'c0'.repeat(20)}`,
  channelId: `0x${'07'.repeat(32)}`,
  grant: {
    signer: `0x${'a1'.repeat(20)}`,
    capWei: 10n ** 18n,
    expiry: 1_800_000_000,
    signature: new Uint8Array(64),
  },
}

const schemas: [name: string, schema: z.ZodType, honest: unknown][] = [
  ['job', jobSchema, job],
  ['job with functions', jobSchema, { ...job, ...callingSample }],
  ['quote', quoteSchema, quote],
  ['receipt', receiptSchema, receipt],
  ['registration', registrationSchema, registration],
  ['manifest', manifestSchema, sampleManifest],
  ['embedding manifest', manifestSchema, sampleEmbeddingManifest],
  [
    'client message',
    clientMessageSchema,
    { type: 'job', job, answered: [1, 2], payment: { funds, voucher } },
  ],
  ['payment', clientMessageSchema, { type: 'voucher', voucher }],
  ['node message', nodeMessageSchema, { type: 'delta', delta: deltas[0] }],
  ['node message', nodeMessageSchema, { type: 'delta', delta: deltas[31] }],
  [
    'place in a queue',
    nodeMessageSchema,
    { type: 'queued', place: { position: 2, aboutMs: 4_000 } },
  ],
  [
    'refusal',
    nodeMessageSchema,
    { type: 'refusal', error: { code: 'sdk/busy', message: 'Full.' }, retryAfterMs: 9_000 },
  ],
  [
    'federation news',
    federationNewsSchema,
    {
      offers: [sealed],
      loads: [{ peerId: registration.peerId, activeJobs: 1 }],
      gone: [registration.peerId],
      digest: { count: 1, hash: 77 },
      addresses: ['/ip4/127.0.0.1/tcp/4001/ws'],
      isLeaving: false,
    },
  ],
  ['federation page', federationPageSchema, { offers: [sealed] }],
  ['federation request', federationRequestSchema, { type: 'more', of: registration.peerId }],
  [
    'directory request',
    directoryRequestSchema,
    { type: 'register', requestId: 7, registration, work: 5 },
  ],
  [
    'directory response',
    directoryResponseSchema,
    { type: 'offers', requestId: 7, offers: [sealed], total: 1, relays: [] },
  ],
  [
    'request for a check',
    auditRequestSchema,
    { job, nonce, tokens: [1, 2], fingerprints, receipt, court: null },
  ],
  [
    'verdict',
    auditResponseSchema,
    {
      type: 'verdict',
      verdict: {
        verifierPeerId: registration.peerId,
        receiptId: new Uint8Array(32),
        isFalse: true,
        finding: new Uint8Array(32),
        court: { chainId: 31_337, contract: `0x${'c0'.repeat(20)}` },
        signature: new Uint8Array(64),
      },
      finding: {
        outcome: 'failed',
        inputTokens: 12,
        margins: new Uint8Array(8),
        likenesses: [{ values: 128, alike: 90, meanMantissa: 7.5 }],
      },
    },
  ],
  ['question about a proof', proveRequestSchema, sampleProof.request],
  ['answer about a proof', proveResponseSchema, sampleProof.response],
  [
    'blob request',
    blobRequestSchema,
    { type: 'challenge', requestId: 7, hash: new Uint8Array(32), nonce: new Uint8Array(32) },
  ],
  [
    'blob answer',
    blobResponseHeadSchema,
    { type: 'holdings', requestId: 7, bits: Uint8Array.of(255, 1) },
  ],
  [
    'request for layers',
    headMessageSchema,
    {
      type: 'step',
      step: {
        changes: [{ type: 'join', cache: 2, sources: [{ cache: 1, row: 0, length: 9 }] }],
        forward: { cache: 2, rows: 1, tokens: 3, positions: [2] },
      },
    },
  ],
  ['voucher', voucherSchema, voucher],
  [
    'request for a grant',
    grantRequestSchema,
    {
      app: 'fox-blog',
      peerId: registration.peerId,
      pageOrigin: 'https://fox.example',
      proof: {
        challenge: new Uint8Array(16),
        expiresAtMs: 1_800_000_000_000,
        work: 7,
        captcha: null,
        signature: new Uint8Array(64),
      },
    },
  ],
  ['grant', grantResponseSchema, { type: 'grant', funds }],
  ['funds', fundsSchema, funds],
  ['answer of layers', partMessageSchema, { type: 'ready', width: 192 }],
]

/** Any bytes in: a valid value or a typed error out. */
function decodesOrRefuses(name: string, schema: z.ZodType, bytes: Uint8Array): boolean {
  try {
    const value = decode(name, schema, bytes)
    return Buffer.compare(Buffer.from(encode(name, schema, value)), Buffer.from(bytes)) === 0
  } catch (error) {
    return WeftError.is(error) && /^protocol\/(malformed|too-large)$/.test(error.code)
  }
}

describe.each(schemas)('%s', (name, schema, honest) => {
  const bytes = encode(name, schema, honest)

  test('round trips to the same bytes and the same value', () => {
    expect(decode(name, schema, bytes)).toEqual(honest)
    expect(encode(name, schema, decode(name, schema, bytes))).toEqual(bytes)
  })

  test('random bytes give a typed error or a valid value', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (noise) =>
        decodesOrRefuses(name, schema, noise),
      ),
      { numRuns: 500 },
    )
  })

  test('flipped, cut and inserted bytes give a typed error or a valid value', () => {
    const edit = fc.record({
      at: fc.nat(bytes.length - 1),
      remove: fc.nat(40),
      insert: fc.uint8Array({ maxLength: 40 }),
    })
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const damaged = edits.reduce(
          (text, { at, remove, insert }) =>
            Uint8Array.from([...text.slice(0, at), ...insert, ...text.slice(at + remove)]),
          bytes,
        )
        return decodesOrRefuses(name, schema, damaged)
      }),
      { numRuns: 500 },
    )
  })

  test('well-formed CBOR of any other shape is refused', () => {
    const anything = fc.anything({
      withBigInt: false,
      maxDepth: 4,
      values: [fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null)],
    })
    fc.assert(
      fc.property(anything, (value) => {
        let wire: Uint8Array
        try {
          wire = dagCbor.encode(value)
        } catch {
          return true // Not representable, so it cannot arrive.
        }
        return decodesOrRefuses(name, schema, wire)
      }),
      { numRuns: 300 },
    )
  })
})

test('a deep nest is refused, not overflowed', () => {
  const nested = new Uint8Array(limits.maxFrameBytes).fill(0x81)
  expect(decodesOrRefuses('job', jobSchema, nested)).toBe(true)
})

test('a huge length prefix is refused without being allocated', () => {
  const claim = Uint8Array.of(0x5b, 0x00, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
  expect(decodesOrRefuses('job', jobSchema, claim)).toBe(true)
})

test('a frame over the limit is refused before it is parsed', () => {
  const frame = new Uint8Array(limits.maxFrameBytes + 1)
  expect(() => decode('job', jobSchema, frame)).toThrow('1 bytes over the limit')
})

test('map keys in another order are not the same value', () => {
  // {"b": 1, "a": 2}: the canonical order is a, b.
  const wire = Uint8Array.of(0xa2, 0x61, 0x62, 0x01, 0x61, 0x61, 0x02)
  expect(() => decode('map', jobSchema, wire)).toThrow('not a valid map')
})

test('money survives beyond 64 bits', () => {
  const value = 2n ** 255n + 1n
  const bytes = encode('wei', weiSchema, value)
  expect(decode('wei', weiSchema, bytes)).toBe(value)
  expect(() => decode('wei', weiSchema, dagCbor.encode(`9${'0'.repeat(77)}`))).toThrow()
  expect(() => decode('wei', weiSchema, dagCbor.encode('-1'))).toThrow()
  expect(() => decode('wei', weiSchema, dagCbor.encode('01'))).toThrow()
})

describe('an answer with bytes behind it', () => {
  const chunk = { type: 'chunk', requestId: 7, body: Uint8Array.of(1, 2, 3) } as const

  test('round trips; a body where none belongs is refused', () => {
    expect(decodeBlobResponse(encodeBlobResponse(chunk))).toEqual(chunk)
    const proof = { type: 'proof', requestId: 7, digest: new Uint8Array(32) } as const
    const bytes = encodeBlobResponse({ ...proof, body: chunk.body })
    expect(() => decodeBlobResponse(bytes)).toThrow()
  })

  test('any bytes give a typed error or a valid value', () => {
    const honest = encodeBlobResponse(chunk)
    const cut = fc.nat(honest.length).map((length) => honest.slice(0, length))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), cut), (bytes) => {
        try {
          return Buffer.compare(encodeBlobResponse(decodeBlobResponse(bytes)), bytes) === 0
        } catch (error) {
          return WeftError.is(error) && /^protocol\/(malformed|too-large)$/.test(error.code)
        }
      }),
    )
  })
})
