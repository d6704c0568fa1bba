/**
 * What passes between the storm and its worker processes, as JSON.
 * @module
 */
import { z } from 'zod'
import { verdicts } from './judge.ts'
import { lies } from './lies.ts'
import { ownDeaths } from './plan.ts'

const nodePlanSchema = z.strictObject({
  id: z.string(),
  tokensPerSecond: z.number(),
  maxJobs: z.int(),
  lie: z.enum(lies).nullable(),
  colludes: z.boolean(),
  death: z.enum(ownDeaths).nullable(),
})

/** A private key, in hex. */
const keySchema = z.hex().length(64)

/** To a worker. */
export const orderSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('birth'),
    nodes: z.array(z.strictObject({ plan: nodePlanSchema, key: keySchema })),
  }),
  z.strictObject({ type: z.literal('death'), nodeId: z.string(), death: z.enum(ownDeaths) }),
  z.strictObject({
    type: z.literal('clients'),
    seed: z.int(),
    clients: z.array(z.strictObject({ id: z.string(), colludes: z.boolean() })),
    /** PeerIds of the verifiers that collude. */
    friends: z.array(z.string()),
  }),
  z.strictObject({
    type: z.literal('verifiers'),
    verifiers: z.array(z.strictObject({ key: keySchema, colludes: z.boolean() })),
    /** PeerIds of the nodes that collude. */
    coalition: z.array(z.string()),
  }),
  z.strictObject({ type: z.literal('ask') }),
  z.strictObject({ type: z.literal('rest') }),
])
export type Order = z.infer<typeof orderSchema>

const outcomeSchema = z.strictObject({
  clientId: z.string(),
  /** Of which a client asked, from 0. */
  question: z.int(),
  /** By the clock of this machine. */
  askedAtMs: z.number(),
  endedAtMs: z.number(),
  verdict: z.enum(verdicts),
  tokens: z.int(),
  lost: z.int(),
  duplicated: z.int(),
  firstTokenMs: z.number().nullable(),
  decodeMs: z.number(),
  isSlowReader: z.boolean(),
  /** Nodes that were given up on the way, and how long the answer paused; null where it did not go on. */
  losses: z.array(
    z.strictObject({
      nodePeerId: z.string(),
      code: z.string(),
      /** That the answer had by then. */
      tokens: z.int(),
      gapMs: z.number().nullable(),
    }),
  ),
  error: z
    .strictObject({ code: z.string(), message: z.string(), facts: z.array(z.string()) })
    .nullable(),
})
export type Outcome = z.infer<typeof outcomeSchema>

/** From a worker. */
export const newsSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('born'), nodeId: z.string(), peerId: z.string() }),
  z.strictObject({ type: z.literal('joined') }),
  z.strictObject({ type: z.literal('outcome'), outcome: outcomeSchema }),
  /** Every second: the longest time that nothing else could run. */
  z.strictObject({ type: z.literal('sample'), lagMs: z.number(), connections: z.int() }),
  /** Nothing was there to catch it. */
  z.strictObject({ type: z.literal('trouble'), message: z.string() }),
  z.strictObject({ type: z.literal('rested') }),
])
export type News = z.infer<typeof newsSchema>
