/**
 * How long the next prompt can be by a tab's count, before anybody has counted. Loaded with the SDK.
 * @module
 */
import { mostPromptTokens } from '@weft/protocol'
import { type ChatTurn, messagesFor } from './chat.ts'

/** @returns what no quote for it is above: a tab that counts more is refused */
export function mostInputTokens(
  earlier: readonly ChatTurn[],
  prompt: string,
  contextTokens: number,
): number {
  const messages = messagesFor(earlier, prompt, contextTokens)
  return Math.min(contextTokens, mostPromptTokens({ messages, tools: [] }))
}
