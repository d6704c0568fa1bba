/**
 * Leave in a window of Weft's own, where no page can cover it. Both ends are of one origin and take messages from
 * nobody else; the window cannot be opened usefully by a page, since it answers its opener at this origin alone.
 * @module
 */
import { z } from 'zod'

const path = '/widget/allow.html'
const size = 'popup,width=440,height=640'

const computeSchema = z.enum(['network', 'device'])
const asker = { type: z.literal('weft-question'), host: z.string(), lang: z.string() }

/** What the window asks about. */
export const apartQuestionSchema = z.discriminatedUnion('about', [
  z.strictObject({
    ...asker,
    about: z.literal('consent'),
    model: z.strictObject({ modelCid: z.string(), name: z.string(), downloadBytes: z.number() }),
    compute: computeSchema,
    isPaid: z.boolean(),
    isKept: z.boolean(),
  }),
  /** A question of the page, at the visitor's cost. */
  z.strictObject({ ...asker, about: z.literal('paid'), text: z.string() }),
  /** Answers for others, while the page is open. */
  z.strictObject({ ...asker, about: z.literal('contribute') }),
])
export type ApartQuestion = z.output<typeof apartQuestionSchema>

const allowedSchema = z.enum(['yes', 'network', 'device']).nullable()
/** `network` and `device` answer who is to compute, `yes` everything else. Null: declined. */
export type ApartAllowed = z.output<typeof allowedSchema>

const apartReplySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('weft-window') }),
  z.strictObject({ type: z.literal('weft-reply'), allowed: allowedSchema }),
])
export type ApartReply = z.output<typeof apartReplySchema>

type Untyped<Question> = Question extends unknown ? Omit<Question, 'type'> : never

/**
 * Opens the window on a click.
 * @param onReply - not called when the window is closed
 * @returns false where the browser opened none
 */
export function askApart(
  question: Untyped<ApartQuestion>,
  onReply: (allowed: ApartAllowed) => void,
): boolean {
  const opened = window.open(path, '_blank', size)
  if (!opened) return false
  const asked = { type: 'weft-question', ...question } satisfies ApartQuestion
  const listen = ({ source, origin, data }: MessageEvent) => {
    if (source !== opened || origin !== location.origin) return
    const { data: reply } = apartReplySchema.safeParse(data)
    if (reply?.type === 'weft-window') {
      opened.postMessage(asked, location.origin)
    } else if (reply) {
      removeEventListener('message', listen)
      opened.close()
      onReply(reply.allowed)
    }
  }
  addEventListener('message', listen)
  return true
}
