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
   * Tokens of the conversation under the chat template, the generation prompt included.
   * @throws WeftError `engine/chat-template` when the template refuses the messages
   */
  encodeChat(messages: readonly Message[]): number[]
  /** Text of the tokens; special tokens add nothing, half a character becomes U+FFFD. */
  decode(tokens: readonly number[]): string
}

/** @throws WeftError `engine/bad-model` */
export function createChatTokenizer(config: ModelConfig): ChatTokenizer {
  const { tokenizer, template } = openTokenizer(config)
  const tokenTexts = specialTokenTexts(config.tokenizerConfig)
  return {
    encodeChat(messages) {
      let text: string
      try {
        text = template.render({ ...tokenTexts, messages, add_generation_prompt: true })
      } catch (cause) {
        throw WeftError.from(
          cause,
          'engine/chat-template',
          'The chat template of this model does not take this conversation.',
        )
      }
      // The template writes the special tokens itself.
      return tokenizer.encode(text, { add_special_tokens: false }).ids
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

function openTokenizer({ tokenizerJson, tokenizerConfig, chatTemplate }: ModelConfig) {
  try {
    const tokenizer = new Tokenizer(tokenizerJson, tokenizerConfig)
    return { tokenizer, template: new Template(chatTemplate) }
  } catch (cause) {
    throw badModel('Its tokenizer or chat template is of a kind that Weft cannot read.', cause)
  }
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
