/**
 * `<weft-chat>`: a button, and a panel with a frame of Weft's origin in it, which is not loaded before the first
 * opening. Whatever matters is in the frame; this runs in a page that nobody has to trust. Its shadow root is
 * open: it holds no secret, and a page that wanted to could take the place of `attachShadow` anyway.
 * @module
 */

import { type FrameLine, openFrameLine } from './frame-line.ts'
import { launcherWords } from './launcher-words.ts'
import { createMark } from './mark.ts'
import { type FrameMessage, maxAskChars } from './messages.ts'
import { configAttributes, langOf, readConfig } from './page-config.ts'
import { type Asked, createQuestions, type Questions } from './questions.ts'
import { createStyle } from './style.ts'

export type AskOptions = { signal?: AbortSignal }

let sheet: CSSStyleSheet | undefined

/**
 * @param origin - Weft's. @returns the class of an element whose frame is of that origin
 *
 * @attr model - A model's name, id or CID, as Weft lists it; else the first of the list.
 * @attr compute - `network` or `device`: what is suggested. The visitor decides.
 * @attr gateway - The gateway that pays for your visitors; needs `app`.
 * @attr app - Your name at that gateway.
 * @attr mode - `bubble` in the corner, or `inline`.
 * @attr open - The panel is shown.
 * @attr theme - `light`, `dark` or `auto`.
 * @attr lang - A language; English and German are spoken, and French and Spanish by the button.
 * @attr label - What stands above the conversation; else your host name.
 * @attr placeholder - What stands in the empty prompt.
 * @attr accent - The colour of Send, as `#rrggbb`.
 * @fires weft-open - The panel is shown.
 * @fires weft-close - It is hidden.
 * @fires weft-ready - The frame listens.
 * @fires weft-text - `{ id, text }`: all that has come of what the page asked.
 * @fires weft-answer - `{ id, text, tokens, finish, peers }`: it has ended.
 * @fires weft-visitor - `{ tokens }`: what the visitor asked was answered.
 * @fires weft-error - `{ id, code, message }`; `id` is null where no question failed.
 * @csspart launcher - The button.
 * @csspart panel - What the frame is in.
 * @csspart frame - The frame of Weft's origin; its inside is Weft's.
 * @cssprop --weft-accent - Of the button; `--weft-on-accent` for what is written on it.
 * @cssprop --weft-radius - Of the panel's corners.
 * @cssprop --weft-width - Of the panel.
 * @cssprop --weft-height - Of the panel.
 * @cssprop --weft-offset - From the corner of the page.
 */
export function createWeftChat(origin: string) {
  return class WeftChat extends HTMLElement {
    static observedAttributes = [...configAttributes, 'open']
    readonly #launcher = document.createElement('button')
    readonly #panel = document.createElement('section')
    readonly #questions: Questions = createQuestions()
    #line: FrameLine | null = null

    constructor() {
      super()
      sheet ??= createStyle()
      const root = this.attachShadow({ mode: 'open' })
      root.adoptedStyleSheets = [sheet]
      this.#launcher.type = 'button'
      this.#launcher.part.add('launcher')
      this.#launcher.append(createMark(), document.createElement('span'))
      this.#launcher.addEventListener('click', () => this.toggleAttribute('open'))
      this.#launcher.addEventListener('blur', () => setTimeout(() => this.#keepFocus()))
      this.#panel.part.add('panel')
      this.#panel.setAttribute('role', 'dialog')
      this.#panel.hidden = true
      root.append(this.#launcher, this.#panel)
    }

    connectedCallback(): void {
      this.#speak()
      if (this.hasAttribute('open')) this.#show()
    }

    disconnectedCallback(): void {
      // One that is only moved is connected again by then; its frame was loaded anew, as browsers do it.
      queueMicrotask(() => {
        if (!this.isConnected) this.#end()
      })
    }

    attributeChangedCallback(name: string, before: string | null, after: string | null): void {
      if (before === after || !this.isConnected) return
      if (name === 'open') {
        if (after === null) this.#hide()
        else this.#show()
        return
      }
      this.#speak()
      this.#line?.send({ type: 'config', config: readConfig(this) })
    }

    /** Shows the panel; loads the frame the first time. */
    open(): void {
      this.setAttribute('open', '')
    }

    /** Hides the panel. An answer on its way goes on, and is told when it is there. */
    close(): void {
      this.removeAttribute('open')
    }

    /**
     * Asks in the panel, which opens. Before the visitor has allowed it, the question waits for that.
     * @param text - at most 8,000 characters
     * @param signal - takes the question back, or ends the answer that is being made
     * @returns the answer. Rejects with an Error that has a `code`, e.g. `widget/declined`, `widget/cancelled`
     */
    ask(text: string, { signal }: AskOptions = {}): Promise<Asked> {
      if (!this.isConnected) throw new Error('<weft-chat> is not in a document.')
      const { id, answer } = this.#questions.add()
      const cancel = () => this.#questions.fail(id, 'widget/cancelled', 'Cancelled.')
      if (signal?.aborted) {
        cancel()
        return answer
      }
      if (text === '' || text.length > maxAskChars) {
        const message = `A question has 1 to ${maxAskChars} characters, this one ${text.length}.`
        this.#questions.fail(id, 'widget/bad-question', message)
        return answer
      }
      this.open()
      if (!this.#line) {
        this.#questions.fail(id, 'widget/insecure', launcherWords('en').served)
        return answer
      }
      this.#line.send({ type: 'ask', id, text })
      const stop = () => {
        this.stop()
        cancel()
      }
      signal?.addEventListener('abort', stop)
      return answer.finally(() => signal?.removeEventListener('abort', stop))
    }

    /** Ends the answer that is being made; what has come of it stays. */
    stop(): void {
      this.#line?.send({ type: 'stop' })
    }

    /** Begins a new conversation. */
    clear(): void {
      this.#line?.send({ type: 'clear' })
    }

    /** Words and states of what the element draws itself. */
    #speak(): void {
      const words = launcherWords(langOf(this))
      const isOpen = !this.#panel.hidden
      const label = this.getAttribute('label') ?? words.dialog
      this.#panel.setAttribute('aria-label', label)
      this.#launcher.setAttribute('aria-expanded', String(isOpen))
      this.#launcher.lastElementChild?.replaceChildren(isOpen ? words.close : words.ask)
    }

    #show(): void {
      if (!this.#panel.hidden) return
      this.#panel.hidden = false
      // A file has no origin that a visitor could allow: the frame would be a broken one.
      if (location.protocol === 'file:') this.#sayServed()
      else this.#line ??= this.#openLine()
      this.#speak()
      this.#line?.frame.focus()
      this.#line?.send({ type: 'focus' })
      this.#tell('open')
    }

    #sayServed(): void {
      const note = document.createElement('p')
      note.setAttribute('role', 'alert')
      note.textContent = launcherWords(langOf(this)).served
      this.#panel.classList.add('note')
      this.#panel.replaceChildren(note)
    }

    #hide(): void {
      if (this.#panel.hidden) return
      this.#panel.hidden = true
      this.#speak()
      this.#launcher.focus()
      this.#tell('close')
    }

    /**
     * That a click gave the frame the focus may reach this page behind what the click did, which was to close it: a
     * frame that nobody sees would take every key.
     */
    #keepFocus(): void {
      const focused = this.shadowRoot?.activeElement
      if (this.#panel.hidden && focused && focused === this.#line?.frame) this.#launcher.focus()
    }

    #end(): void {
      this.#line?.close()
      this.#line = null
      this.#panel.hidden = true
      this.#questions.failAll('widget/removed', 'The element was removed from its page.')
    }

    #openLine(): FrameLine {
      const line = openFrameLine({
        origin,
        title: this.getAttribute('label') ?? launcherWords(langOf(this)).dialog,
        config: () => readConfig(this),
        onMessage: (message) => this.#receive(message),
        onLost: () => this.#questions.failAll('widget/frame-lost', 'The frame was loaded anew.'),
        onSilent: () => {
          const message = `${origin} does not answer. A Content-Security-Policy must allow it in frame-src.`
          this.#questions.failAll('widget/no-frame', message)
          this.#tell('error', { id: null, code: 'widget/no-frame', message })
        },
      })
      line.frame.part.add('frame')
      this.#panel.append(line.frame)
      return line
    }

    #receive(message: FrameMessage): void {
      const { type, ...detail } = message
      if (message.type === 'close') return void this.close()
      if (message.type === 'welcome') return void this.#tell('ready')
      if (message.type === 'answer') {
        const { id, type: _, ...facts } = message
        this.#questions.answer(id, facts)
      }
      if (message.type === 'error') {
        this.#questions.fail(message.id, message.code, message.message)
      }
      this.#tell(type, detail)
    }

    #tell(what: string, detail: object = {}): void {
      this.dispatchEvent(new CustomEvent(`weft-${what}`, { detail, bubbles: true, composed: true }))
    }
  }
}

/** An element as pages have it. */
export type WeftChatElement = InstanceType<ReturnType<typeof createWeftChat>>
