/**
 * What `weft verify` is given: a receipt, an answer with its receipt, or where to fetch one.
 * @module
 */
import { readFile } from 'node:fs/promises'
import {
  type Receipt,
  type SharedAnswer,
  unpackAnswer,
  unpackReceipt,
  WeftError,
} from '@weft/protocol'
import { z } from 'zod'

export type ReceiptOrAnswer = { receipt: Receipt; shared: SharedAnswer | null }

const packedSchema = z.string().max(2_000_000)
/** As a gateway keeps one, and as the Receipt panel copies one: without the answer. */
const keptSchema = z.object({ receipt: packedSchema, answer: packedSchema.optional() })
const fetchMs = 20_000

/**
 * @param text - a link to `/shared`, the address of a gateway's receipt, a file, or what is in one of these
 * @param key - API key for a gateway's receipt
 * @throws WeftError `weft/receipt`
 */
export async function readReceipt(text: string, key: string | undefined): Promise<ReceiptOrAnswer> {
  const link = URL.canParse(text) && text.includes('://') ? new URL(text) : null
  if (link && !link.hash) return keptOf(await fetchKept(link, key))
  if (link) return answerOf(link.hash.slice(1))
  const given = /^[\w-]{100,}$/.test(text) ? text : await readText(text)
  if (given.trimStart().startsWith('{')) return keptOf(parseJson(given))
  const packed = given.trim().replace(/^.*#/s, '')
  try {
    return { receipt: unpackReceipt(packed), shared: null }
  } catch {
    return answerOf(packed).catch((cause: unknown) => {
      const { facts } = WeftError.from(cause, 'weft/receipt', 'It cannot be read.')
      throw new WeftError('weft/receipt', 'That is no whole receipt, and no whole shared answer.', {
        facts,
        cause,
      })
    })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw WeftError.from(cause, 'weft/receipt', 'The file begins as JSON, and is none.')
  }
}

function keptOf(value: unknown): Promise<ReceiptOrAnswer> | ReceiptOrAnswer {
  const { success, data } = keptSchema.safeParse(value)
  if (!success) throw new WeftError('weft/receipt', 'That JSON holds no receipt.')
  if (data.answer !== undefined) return answerOf(data.answer)
  return { receipt: unpackReceipt(data.receipt), shared: null }
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

async function fetchKept(url: URL, key: string | undefined): Promise<unknown> {
  try {
    const response = await fetch(url, {
      headers: key ? { authorization: `Bearer ${key}` } : {},
      signal: AbortSignal.timeout(fetchMs),
    })
    if (!response.ok) throw new Error(`It says ${response.status}.`)
    return await response.json()
  } catch (error) {
    throw WeftError.from(error, 'weft/receipt', 'The receipt cannot be fetched.')
  }
}
