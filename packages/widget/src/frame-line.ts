/**
 * The page's half of the line to Weft's frame. Its port goes to a window of Weft's origin or to nobody, with a
 * nonce that was in that window's address: another document in its place gets nothing and is not believed.
 * @module
 */
import {
  type FrameMessage,
  type PageConfig,
  type PageMessage,
  readFrameMessage,
} from './messages.ts'

export type FrameLine = {
  readonly frame: HTMLIFrameElement
  /** Waits for the frame to be there. */
  send(message: PageMessage): void
  close(): void
}

export type FrameLineInit = {
  /** Weft's, e.g. `https://weft.example`. */
  origin: string
  title: string
  config: () => PageConfig
  onMessage(message: FrameMessage): void
  /** The frame was loaded anew, or moved: what it was doing is gone. */
  onLost(): void
  /** It did not answer within the deadline. */
  onSilent(): void
}

const framePath = '/widget/frame.html'
const welcomeMs = 30_000

export function openFrameLine(init: FrameLineInit): FrameLine {
  const { origin, title, config, onMessage, onLost, onSilent } = init
  const nonce = createNonce()
  const frame = document.createElement('iframe')
  let port: MessagePort | null = null
  let isWelcome = false
  let waiting: PageMessage[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  function hello(): void {
    if (port) {
      port.close()
      onLost()
    }
    isWelcome = false
    const channel = new MessageChannel()
    port = channel.port1
    port.onmessage = ({ data }) => {
      const message = readFrameMessage(data)
      if (!message) return
      if (message.type === 'welcome') welcome(message.nonce)
      else if (isWelcome) onMessage(message)
    }
    clearTimeout(timer)
    timer = setTimeout(onSilent, welcomeMs)
    const greeting = { type: 'weft-hello', nonce, config: config() }
    frame.contentWindow?.postMessage(greeting, origin, [channel.port2])
  }

  function welcome(echo: string): void {
    if (echo !== nonce || isWelcome) return
    isWelcome = true
    clearTimeout(timer)
    const messages = waiting
    waiting = []
    for (const message of messages) port?.postMessage(message)
    onMessage({ type: 'welcome', nonce })
  }

  frame.src = `${origin}${framePath}#${nonce}`
  frame.title = title
  // Threads where the page is isolated itself; a lit screen while the visitor contributes; a copied answer.
  frame.allow = 'cross-origin-isolated; screen-wake-lock; clipboard-write'
  frame.referrerPolicy = 'origin'
  frame.addEventListener('load', hello)
  return {
    frame,
    send(message) {
      if (isWelcome) port?.postMessage(message)
      else waiting.push(message)
    },
    close() {
      clearTimeout(timer)
      frame.removeEventListener('load', hello)
      port?.close()
      port = null
      frame.remove()
    },
  }
}

function createNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
