/**
 * Consent in a window of Weft's own, where no page can cover it. Both ends are of one origin and take messages from
 * nobody else; the window cannot be opened usefully by a page, since it answers its opener at this origin alone.
 * @module
 */
import { z } from 'zod'

const path = '/widget/allow.html'
const size = 'popup,width=440,height=640'

const computeSchema = z.enum(['network', 'device'])

/** What the window asks about. */
export const apartQuestionSchema = z.strictObject({
  type: z.literal('weft-question'),
  host: z.string(),
  model: z.strictObject({ modelCid: z.string(), name: z.string(), downloadBytes: z.number() }),
  compute: computeSchema,
  isPaid: z.boolean(),
  lang: z.string(),
})
export type ApartQuestion = z.output<typeof apartQuestionSchema>

const apartReplySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('weft-window') }),
  z.strictObject({ type: z.literal('weft-reply'), allowed: computeSchema.nullable() }),
])
export type ApartReply = z.output<typeof apartReplySchema>

/**
 * Opens the window on a click.
 * @param onReply - null: the visitor declined. Not called when the window is closed
 * @returns false where the browser opened none
 */
export function askApart(
  question: Omit<ApartQuestion, 'type'>,
  onReply: (allowed: ApartQuestion['compute'] | null) => void,
): boolean {
  const opened = window.open(path, '_blank', size)
  if (!opened) return false
  const listen = ({ source, origin, data }: MessageEvent) => {
    if (source !== opened || origin !== location.origin) return
    const { data: reply } = apartReplySchema.safeParse(data)
    if (reply?.type === 'weft-window') {
      opened.postMessage(
        { type: 'weft-question', ...question } satisfies ApartQuestion,
        location.origin,
      )
    } else if (reply) {
      removeEventListener('message', listen)
      opened.close()
      onReply(reply.allowed)
    }
  }
  addEventListener('message', listen)
  return true
}
