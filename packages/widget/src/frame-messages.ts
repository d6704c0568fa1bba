/**
 * What the frame takes from a page: these, and nothing else.
 * @module
 */
import { z } from 'zod'
import { type Hello, maxAskChars, type PageConfig, type PageMessage } from './messages.ts'

export type { FrameMessage, PageConfig, PageMessage } from './messages.ts'

const label = z.string().max(120).nullable()

const configSchema: z.ZodType<PageConfig> = z.strictObject({
  model: z.string().max(200).nullable(),
  sponsor: z
    .strictObject({
      gateway: z.url({ protocol: /^https?$/ }).max(500),
      app: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
    })
    .nullable(),
  compute: z.enum(['network', 'device']),
  theme: z.enum(['light', 'dark', 'auto']),
  lang: z.string().max(40),
  label,
  placeholder: label,
  accent: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i)
    .nullable(),
})

export const helloSchema: z.ZodType<Hello> = z.strictObject({
  type: z.literal('weft-hello'),
  nonce: z.string().length(32),
  config: configSchema,
})

export const pageMessageSchema: z.ZodType<PageMessage> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('config'), config: configSchema }),
  z.strictObject({
    type: z.literal('ask'),
    id: z.int().min(0),
    text: z.string().min(1).max(maxAskChars),
  }),
  z.strictObject({ type: z.literal('stop') }),
  z.strictObject({ type: z.literal('clear') }),
  z.strictObject({ type: z.literal('focus') }),
])
