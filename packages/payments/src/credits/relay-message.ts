/**
 * A ticket, or what a key has left, on its way to whoever submits it, over HTTP: JSON, numbers in decimal.
 * @module
 */
import { z } from 'zod'
import { fieldOrder } from './field.ts'

/** 2^254 is above both orders of the curve; contracts look closer. */
const number = z
  .string()
  .regex(/^\d{1,77}$/)
  .transform(BigInt)
const scalar = number.refine((value) => value < fieldOrder, {
  error: 'not below the field’s order',
})
const point = z.strictObject({ x: number, y: number })
const pair = z.tuple([number, number]).readonly()
const address = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{40}$/)])

const relayedTicketSchema = z.strictObject({
  denomination: z.int().min(0).max(7),
  key: address,
  ticket: z.strictObject({
    root: scalar,
    nullifier: scalar,
    y: scalar,
    domain: scalar,
    x: scalar,
    aliveAt: scalar,
    proof: z.strictObject({ a: point, b: z.strictObject({ x: pair, y: pair }), c: point }),
  }),
})

/** What a key has left, for tickets of a fresh identity. */
const relayedChangeSchema = z.strictObject({
  key: address,
  change: z.strictObject({
    denomination: z.int().min(0).max(7),
    identity: scalar,
    count: z.int().min(1).max(100),
    /** Of the key: 65 bytes. */
    signature: z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{130}$/)]),
  }),
})

export type RelayedTicket = z.output<typeof relayedTicketSchema>
export type RelayedChange = z.output<typeof relayedChangeSchema>

const relayedSchema = z.union([relayedTicketSchema, relayedChangeSchema])

export function encodeRelayed(relayed: RelayedTicket | RelayedChange): string {
  return JSON.stringify(relayed, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
}

/** @returns null for what is neither */
export function parseRelayed(json: string): RelayedTicket | RelayedChange | null {
  try {
    return relayedSchema.safeParse(JSON.parse(json)).data ?? null
  } catch {
    return null
  }
}
