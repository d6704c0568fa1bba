/**
 * What a page and Weft's frame on it say to each other, over a port of their own. Neither trusts the other: the
 * frame validates with `frame-messages.ts`, the page's half with `readFrameMessage`, which has to be small.
 * @module
 */

/** What the element's attributes say. All of it is only a wish of the page. */
export type PageConfig = {
  /** Id or CID of a model that Weft's site lists; null: whichever comes first there. */
  model: string | null
  /** Who pays for the page's visitors: an app, by the gateway that knows it; null: nobody does. */
  sponsor: { gateway: string; app: string } | null
  /** What the page would have compute; the visitor decides. */
  compute: 'network' | 'device'
  theme: 'light' | 'dark' | 'auto'
  /** BCP 47, e.g. `de-AT`. */
  lang: string
  /** Shown above the conversation; null: the page's host name. */
  label: string | null
  placeholder: string | null
  /** Colour of the page's own accent, `#rrggbb`. */
  accent: string | null
}

/** The one message that goes to the window, with a port beside it. */
export type Hello = { type: 'weft-hello'; nonce: string; config: PageConfig }

/** From the page. */
export type PageMessage =
  | { type: 'config'; config: PageConfig }
  /** `id` is the page's own, one number for each question. */
  | { type: 'ask'; id: number; text: string }
  | { type: 'stop' }
  | { type: 'clear' }
  | { type: 'focus' }

/** From the frame. Of what the visitor asks the page learns that it was answered, and nothing else. */
export type FrameMessage =
  | { type: 'welcome'; nonce: string }
  /** All that has come of it. */
  | { type: 'text'; id: number; text: string }
  | ({ type: 'answer'; id: number } & AnswerFacts)
  | { type: 'visitor'; tokens: number }
  | { type: 'error'; id: number; code: string; message: string }
  | { type: 'close' }

export type AnswerFacts = {
  text: string
  tokens: number
  /** Why it ended: `stop`, `length` or `cancelled`. */
  finish: string
  /** Other tabs that made it; 0: this device. */
  peers: number
}

/** Longer questions are refused by both. */
export const maxAskChars = 8_000

const fields: Record<string, Record<string, 'string' | 'number'>> = {
  welcome: { nonce: 'string' },
  text: { id: 'number', text: 'string' },
  answer: { id: 'number', text: 'string', tokens: 'number', finish: 'string', peers: 'number' },
  visitor: { tokens: 'number' },
  error: { id: 'number', code: 'string', message: 'string' },
  close: {},
}

/** @returns null for anything that is no message of a frame */
export function readFrameMessage(data: unknown): FrameMessage | null {
  if (typeof data !== 'object' || data === null) return null
  const { type } = data as { type?: unknown }
  const expected = typeof type === 'string' && Object.hasOwn(fields, type) ? fields[type] : null
  if (!expected) return null
  const found = data as Record<string, unknown>
  const isWhole = Object.entries(expected).every(([name, kind]) => typeof found[name] === kind)
  return isWhole ? (data as FrameMessage) : null
}
