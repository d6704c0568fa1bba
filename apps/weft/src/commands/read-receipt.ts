/**
 * What `weft verify` is given: a receipt, an answer with its receipt, or where to fetch one.
 * @module
 */
import { readFile } from 'node:fs/promises'
import {
  decode,
  type Receipt,
  receiptSchema,
  type SharedAnswer,
  unpackAnswer,
  WeftError,
} from '@weft/protocol'
import { z } from 'zod'

export type ReceiptOrAnswer = { receipt: Receipt; shared: SharedAnswer | null }

const keptSchema = z.object({ answer: z.string().max(2_000_000) })
const fetchMs = 20_000

/**
 * @param text - a link to `/shared`, the address of a gateway's receipt, a file, or what is in one of these
 * @param key - API key for a gateway's receipt
 * @throws WeftError `weft/receipt`
 */
export async function readReceipt(text: string, key: string | undefined): Promise<ReceiptOrAnswer> {
  const link = URL.canParse(text) && text.includes('://') ? new URL(text) : null
  if (link && !link.hash) return answerOf(await fetchKept(link, key))
  if (link) return answerOf(link.hash.slice(1))
  const given = /^[\w-]{100,}$/.test(text) ? text : await readText(text)
  const packed = given.trim().replace(/^.*#/s, '')
  try {
    const bytes = new Uint8Array(Buffer.from(packed, 'base64url'))
    return { receipt: decode('receipt', receiptSchema, bytes), shared: null }
  } catch {
    return answerOf(packed)
  }
}

async function answerOf(packed: string): Promise<ReceiptOrAnswer> {
  const shared = await unpackAnswer(packed)
  return { receipt: shared.receipt, shared }
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => {
    throw new WeftError('weft/receipt', 'That is no receipt, no link, and no file.')
  })
}

async function fetchKept(url: URL, key: string | undefined): Promise<string> {
  try {
    const response = await fetch(url, {
      headers: key ? { authorization: `Bearer ${key}` } : {},
      signal: AbortSignal.timeout(fetchMs),
    })
    if (!response.ok) throw new Error(`It says ${response.status}.`)
    return keptSchema.parse(await response.json()).answer
  } catch (error) {
    throw WeftError.from(error, 'weft/receipt', 'The receipt cannot be fetched.')
  }
}
