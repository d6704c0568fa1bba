/**
 * Messages to tokens and tokens to text, by the model's own tokenizer and chat template.
 * @module
 */
import { Template } from '@huggingface/jinja'
import { Tokenizer } from '@huggingface/tokenizers'
import { type Message, WeftError } from '@weft/protocol'
import { badModel, type ModelConfig, type TokenizerConfig } from './model-config.ts'

export type ChatTokenizer = {
  /**
   * Tokens of the conversation under the chat template, the generation prompt included. Special
   * tokens are the template's alone: where content spells one, it is read as text.
   * @throws WeftError `engine/chat-template` when the template refuses the messages
   */
  encodeChat(messages: readonly Message[]): number[]
  /** Text of the tokens; special tokens add nothing, half a character becomes U+FFFD. */
  decode(tokens: readonly number[]): string
}

/**
 * Cuts a special token that content spells, see decisions/0007. A code point that no text may hold;
 * content loses it.
 */
const cut = '\uFDD0'

/** @throws WeftError `engine/bad-model` */
export function createChatTokenizer(config: ModelConfig): ChatTokenizer {
  const { tokenizer, template, cutSpecial } = openTokenizer(config)
  const tokenTexts = specialTokenTexts(config.tokenizerConfig)
  return {
    encodeChat(messages) {
      let text: string
      try {
        text = template.render({
          ...tokenTexts,
          messages: messages.map(({ role, content }) => ({ role, content: cutSpecial(content) })),
          add_generation_prompt: true,
        })
      } catch (cause) {
        throw WeftError.from(
          cause,
          'engine/chat-template',
          'The chat template of this model does not take this conversation.',
        )
      }
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
    return { tokenizer, template: new Template(chatTemplate), cutSpecial }
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

/** `bos_token`, `eos_token` and the like: texts, or objects that hold one as `content`. */
function specialTokenTexts(config: TokenizerConfig): Record<string, string> {
  const entries = Object.entries(config)
    .filter(([name]) => name.endsWith('_token'))
    .map(([name, value]) => [name, textOf(value)] as const)
  return Object.fromEntries(entries.filter(([, text]) => text !== undefined)) as Record<
    string,
    string
  >
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null || !('content' in value)) return undefined
  return typeof value.content === 'string' ? value.content : undefined
}
