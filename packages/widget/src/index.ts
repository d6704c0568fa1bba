/**
 * The element for pages that bundle it themselves: `defineWeftChat({ origin: 'https://weft.example' })`.
 * @module
 */
import { createWeftChat } from './element.ts'

export type { AskOptions, WeftChatElement } from './element.ts'
export type { Asked } from './questions.ts'

/** Defines `<weft-chat>`, once for a page. @param origin - of the Weft site whose frame it opens */
export function defineWeftChat({ origin }: { origin: string }): void {
  if (customElements.get('weft-chat')) return
  customElements.define('weft-chat', createWeftChat(new URL(origin).origin))
}
