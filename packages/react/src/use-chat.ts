import type { Chat, ChatState } from '@weft/sdk'
import { useCell } from './use-cell.ts'

export type ChatView = ChatState & Pick<Chat, 'ask' | 'stop' | 'clear'>

/**
 * A conversation as it grows.
 * @param chat - of `createChat`, made once, outside of the component
 * @example const { messages, phase, ask, stop } = useChat(chat)
 */
export function useChat(chat: Chat): ChatView {
  const { ask, stop, clear } = chat
  return { ...useCell(chat.state), ask, stop, clear }
}
