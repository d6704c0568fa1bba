/**
 * The frame's half of the line to the page it is in. The page is taken for hostile: what it says is validated, its
 * origin is the browser's word and not its own, and whoever floods the line loses it.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { Cell } from '@weft/sdk'
import {
  type FrameMessage,
  helloSchema,
  type PageConfig,
  type PageMessage,
  pageMessageSchema,
} from '@weft/widget/frame'
import { z } from 'zod'
import { createStore } from '../site/store.ts'
import { createBudget } from './message-budget.ts'

/** What the page wants, but for its settings, which are in `config`. */
type PageWish = Exclude<PageMessage, { type: 'config' }>

export type PageLine = {
  /** Of the page, as the browser says it. */
  origin: string
  config: Cell<PageConfig>
  send(message: FrameMessage): void
  /** One listener; what came before it is told to it. */
  onWish(listener: (wish: PageWish) => void): void
}

/** A page may change its settings and ask now and then, not a thousand times a second. */
const budget = { burst: 60, perSecond: 5 }
const helloMs = 30_000

/** Of a question that is not taken, as much as its refusal needs. */
const droppedSchema = z.object({ type: z.literal('ask'), id: z.int().min(0) })

/** The first hello of the page that this frame is in; every later one is ignored. @throws WeftError `widget/*` */
export async function meetPage(): Promise<PageLine> {
  const problem = placeProblem()
  if (problem) throw problem
  const { promise, resolve, reject } = Promise.withResolvers<PageLine>()
  const timer = setTimeout(() => reject(nobody()), helloMs)
  const listen = (event: MessageEvent) => {
    if (event.source !== window.parent) return
    const { data } = helloSchema.safeParse(event.data)
    const [port] = event.ports
    if (!data || !port || data.nonce !== location.hash.slice(1)) return
    clearTimeout(timer)
    removeEventListener('message', listen)
    if (!isWebOrigin(event.origin)) return reject(opaque())
    resolve(talkOver(port, { origin: event.origin, config: data.config, nonce: data.nonce }))
  }
  addEventListener('message', listen)
  return promise
}

type Met = { origin: string; config: PageConfig; nonce: string }

function talkOver(port: MessagePort, { origin, config: first, nonce }: Met): PageLine {
  const config = createStore(first)
  const allowance = createBudget(budget)
  let early: PageWish[] = []
  let tell = (wish: PageWish): void => void early.push(wish)
  const say = (message: FrameMessage) => port.postMessage(message)
  /** Whoever waits for an answer is told that there will be none. */
  const refuse = (data: unknown, code: string, message: string) => {
    const { data: asked } = droppedSchema.safeParse(data)
    if (asked) say({ type: 'error', id: asked.id, code, message })
  }
  port.onmessage = ({ data }) => {
    if (!allowance.take()) {
      refuse(data, 'widget/too-many', 'This page says too much at once. Try later.')
      if (allowance.isSpent()) port.close()
      return
    }
    const { data: message } = pageMessageSchema.safeParse(data)
    if (!message)
      return refuse(data, 'widget/bad-question', 'This is no question that Weft could ask.')
    if (message.type === 'config') config.update(() => message.config)
    else tell(message)
  }
  say({ type: 'welcome', nonce })
  return {
    origin,
    config,
    send: say,
    onWish(listener) {
      tell = listener
      for (const wish of early) listener(wish)
      early = []
    },
  }
}

/** Where a frame can keep nothing, or cannot know in whose page it is, it does nothing. */
function placeProblem(): WeftError | null {
  if (window.parent === window) {
    return new WeftError(
      'widget/no-page',
      'This is Weft’s frame for other pages, and it is in none.',
    )
  }
  if (window.parent !== window.top) {
    return new WeftError(
      'widget/nested',
      'This page is itself inside another one, so Weft does not open here.',
    )
  }
  if (!window.isSecureContext) {
    return new WeftError('widget/insecure', 'Weft opens only in pages that come over https.')
  }
  return null
}

function isWebOrigin(origin: string): boolean {
  if (!/^https?:\/\//.test(origin)) return false
  // Where the browser tells, it has to be the same.
  const told = location.ancestorOrigins?.[0]
  return told === undefined || told === origin
}

function opaque(): WeftError {
  return new WeftError(
    'widget/no-origin',
    'This page has no address of its own, so nothing could be remembered for it.',
  )
}

function nobody(): WeftError {
  return new WeftError('widget/no-hello', 'The page around this frame has not said what it wants.')
}
