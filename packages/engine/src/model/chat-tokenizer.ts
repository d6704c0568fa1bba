/**
 * Messages to tokens and tokens to text, by the model's own tokenizer and chat template.
 * @module
 */
import { Template } from '@huggingface/jinja'
import { Tokenizer } from '@huggingface/tokenizers'
import { limits, type Message, TooLargeError, type Tool, WeftError } from '@weft/protocol'
import { knownConversations } from './known-conversations.ts'
import { badModel, type ModelConfig, specialTokenTexts } from './model-config.ts'
import { createChatRenderer } from './render-chat.ts'

export type ChatTokenizer = {
  /**
   * Tokens of the conversation under the chat template, the generation prompt included. Special
   * tokens are the template's alone: where content spells one, it is read as text.
   * A template that knows no system message finds its text before the first of the user's.
   * Tools are told as the template tells them, else in plain words, see `render-chat.ts`.
   * @throws WeftError `engine/chat-template` when the template refuses the messages
   */
  encodeChat(messages: readonly Message[], tools?: readonly Tool[]): number[]
  /** The highest token id and one: what the graph's logits must at least have. */
  readonly vocabularySize: number
  /** Text of the tokens; special tokens add nothing, half a character becomes U+FFFD. */
  decode(tokens: readonly number[]): string
}

/**
 * Cuts a special token that content spells, see decisions/0007. A code point that no text may hold;
 * content loses it.
 */
const cut = '\uFDD0'

/** Templates indent tools, which makes them longer than they came. */
const maxPromptChars = 4 * limits.maxPromptBytes

/** @throws WeftError `engine/bad-model` */
export function createChatTokenizer(config: ModelConfig): ChatTokenizer {
  const { tokenizer, template, cutSpecial } = openTokenizer(config)
  const constants = { ...specialTokenTexts(config.tokenizerConfig), [fixedDate]: () => date }
  const renderChat = createChatRenderer({
    render: (values) => template.render({ ...constants, ...values, add_generation_prompt: true }),
    clean: cutSpecial,
  })
  return {
    vocabularySize: vocabularySizeOf(config.tokenizerJson),
    encodeChat(messages, tools = []) {
      const text = renderChat(messages, tools)
      if (text.length > maxPromptChars) throw tooLong(text.length)
      // The template writes the special tokens itself.
      const encode = (piece: string) => tokenizer.encode(piece, { add_special_tokens: false }).ids
      return text.split(cut).flatMap(encode)
    },
    decode(tokens) {
      if (tokens.length === 0) return ''
      return tokenizer.decode([...tokens], {
        skip_special_tokens: true,
        clean_up_tokenization_spaces: false,
      })
    },
  }
}

/**
 * What a template gets for today: a prompt has the same tokens wherever and whenever it is read. The
 * library's own `strftime_now`, which cannot be set, asks the clock and the language of the device.
 */
const date = '26 Jul 2024'
const fixedDate = 'fixed_date'

function tooLong(actual: number): TooLargeError {
  return new TooLargeError({ subject: 'prompt', limit: maxPromptChars, actual, unit: 'characters' })
}

function vocabularySizeOf(tokenizerJson: object): number {
  const { model, added_tokens: added = [] } = tokenizerJson as {
    model?: { vocab?: Record<string, number> | unknown[] }
    added_tokens?: { id: number }[]
  }
  const vocabulary = model?.vocab ?? []
  let size = Array.isArray(vocabulary) ? vocabulary.length : 0
  for (const id of Array.isArray(vocabulary) ? [] : Object.values(vocabulary)) {
    size = Math.max(size, id + 1)
  }
  for (const { id } of added) size = Math.max(size, id + 1)
  return size
}

/**
 * @param vocabularySize length of the graph's logits; may be padded beyond the tokenizer's
 * @param promptTokens of the manifest's known answer
 * @throws WeftError `engine/bad-model` when the tokenizer knows tokens that the graph does not, or
 *   none of `knownConversations` becomes these tokens
 */
export function checkTokenizer({
  tokenizer,
  vocabularySize,
  promptTokens,
}: {
  tokenizer: Pick<ChatTokenizer, 'vocabularySize' | 'encodeChat'>
  vocabularySize: number
  promptTokens: readonly number[]
}): void {
  if (tokenizer.vocabularySize > vocabularySize) {
    const fact = `The tokenizer has ${tokenizer.vocabularySize} tokens, the graph ${vocabularySize}.`
    throw wrongTokenizer(fact)
  }
  const isKnown = knownConversations.some((messages) => {
    const tokens = tokenizer.encodeChat(messages)
    return (
      tokens.length === promptTokens.length &&
      tokens.every((token, index) => token === promptTokens[index])
    )
  })
  if (!isKnown) throw wrongTokenizer('It does not read the prompt of the known answer as it was.')
}

function wrongTokenizer(fact: string): WeftError {
  return new WeftError(
    'engine/bad-model',
    'The tokenizer of this model belongs to another one. Download the model again, or choose another.',
    { facts: [fact] },
  )
}

/** Of tokenizer.json. */
type AddedToken = { content: string; special?: boolean; normalized?: boolean }

function openTokenizer({ tokenizerJson, tokenizerConfig, chatTemplate }: ModelConfig) {
  try {
    const { added_tokens: addedTokens = [] } = tokenizerJson as { added_tokens?: AddedToken[] }
    const tokens = addedTokens.map((token) =>
      // Looked for as it is written, so that `cutSpecial` looks for the same.
      token.special ? { ...token, normalized: false } : token,
    )
    const special = tokens.filter((token) => token.special)
    const tokenizer = new Tokenizer({ ...tokenizerJson, added_tokens: tokens }, tokenizerConfig)
    const cutRaw = createCut(special.map(({ content }) => content))
    const cutSpecial = (content: string): string => {
      const raw = cutRaw(content)
      // Look-alikes may spell one when they are normalised.
      const normalised = tokenizer.normalizer?.(raw) ?? raw
      const again = cutRaw(normalised)
      return again === normalised ? raw : again
    }
    return {
      tokenizer,
      template: new Template(chatTemplate.replaceAll('strftime_now', fixedDate)),
      cutSpecial,
    }
  } catch (cause) {
    throw badModel('Its tokenizer or chat template is of a kind that Weft cannot read.', cause)
  }
}

/** @returns what puts a cut behind the first character of every one of `tokens` in a text */
function createCut(tokens: string[]): (content: string) => string {
  // A single character cannot be cut.
  const words = tokens.filter((token) => [...token].length > 1).map(escapeRegExp)
  if (words.length === 0) return (content) => content
  // They may overlap, so each is found by looking ahead.
  const starts = new RegExp(`(?=${words.join('|')}).`, 'gsu')
  return (content) => content.replace(starts, `$&${cut}`)
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
