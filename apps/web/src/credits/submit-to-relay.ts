/**
 * To whoever submits what a wallet must not, over HTTP.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { z } from 'zod'
import type { PayingNetwork } from '../wallet/wallet-state.ts'

const timeoutMs = 60_000

const doneSchema = z.object({ outcome: z.enum(['opened', 'slashed', 'changed']) })
const refusedSchema = z.object({ code: z.string() })

/**
 * A ticket that was submitted before for the same key, whose answer was lost, is as good: it is the same one each
 * time. Change is not: each try is for a secret of its own.
 * @param wanted - of a ticket `opened`, of what a key has left `changed`
 * @throws WeftError `web/no-credit-relay`, `web/credit-relay`, `web/ticket-used-twice`; TypeError, DOMException as `fetch`
 */
export async function submitToRelay(
  { creditRelay }: Pick<PayingNetwork, 'creditRelay'>,
  body: string,
  wanted: 'opened' | 'changed',
): Promise<void> {
  if (!creditRelay) throw noRelay()
  const response = await fetch(creditRelay, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await response.text()
  if (response.ok) {
    const outcome = read(doneSchema, text)?.outcome
    if (outcome === wanted) return
    if (outcome === 'slashed') throw usedTwice()
  } else if (wanted === 'opened' && read(refusedSchema, text)?.code === 'payments/ticket-used') {
    return
  }
  throw relayRefused(`HTTP ${response.status}: ${text.slice(0, 300)}`)
}

/** @returns undefined for what is no such thing */
function read<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

export function noRelay(): WeftError {
  return new WeftError(
    'web/no-credit-relay',
    'This network names nobody who submits tickets. Nothing was spent: your own wallet would tell who you are.',
  )
}

/** As by whoever has a backup of a purchase and spends it in two browsers. */
function usedTwice(): WeftError {
  return new WeftError(
    'web/ticket-used-twice',
    'This ticket was used before for another key, as where two browsers spend from one backup. Two uses tell its secret, and that has ended the purchase: the bond is lost. Tickets of it that nobody had used went back to the wallet that bought them, in the open; if they came from what a ticket had left, they are lost too.',
  )
}

function relayRefused(why: string): WeftError {
  return new WeftError(
    'web/credit-relay',
    'Whoever submits tickets did not take this. What it is for is kept in this browser: try again later.',
    { facts: [why] },
  )
}
