/**
 * What each token of a tokenizer writes, in a form from which the bytes follow.
 * @module
 */
import { WeftError } from '@weft/protocol'

export type Vocabulary = {
  /**
   * `byte_level`: a character for each byte, in GPT-2's alphabet. `byte_fallback`: text with `▁` for a
   * space and `<0x0A>` for a byte.
   */
  encoding: 'byte_level' | 'byte_fallback'
  /** By id. '' for special tokens and unused ids: they write nothing. */
  tokens: string[]
}

/** Of tokenizer.json. */
type TokenizerJson = {
  model?: { vocab?: Record<string, number> | [string, number][] }
  added_tokens?: { id: number; content: string; special?: boolean }[]
  decoder?: Decoder | null
}
type Decoder = { type: string; decoders?: Decoder[] }

/** @throws WeftError `engine/unsupported` for a tokenizer whose tokens are no bytes */
export function readVocabulary(tokenizerJson: object): Vocabulary {
  const { model, added_tokens: added = [], decoder } = tokenizerJson as TokenizerJson
  const types = decoderTypes(decoder)
  const isByteLevel = types.includes('ByteLevel')
  const isSentencePiece = ['ByteFallback', 'Metaspace', 'Replace'].some((type) =>
    types.includes(type),
  )
  if (!model?.vocab || (!isByteLevel && !isSentencePiece)) throw unreadable(types)
  const tokens: string[] = []
  if (Array.isArray(model.vocab)) {
    for (const [token] of model.vocab) tokens.push(token)
  } else {
    for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token
  }
  for (const { id, content, special } of added) {
    if (special) tokens[id] = ''
    else tokens[id] = isByteLevel ? toByteLevel(content) : content
  }
  return {
    encoding: isByteLevel ? 'byte_level' : 'byte_fallback',
    tokens: Array.from(tokens, (token) => token ?? ''),
  }
}

function decoderTypes(decoder: Decoder | null | undefined): string[] {
  if (!decoder) return []
  return [decoder.type, ...(decoder.decoders ?? []).flatMap(decoderTypes)]
}

/** GPT-2's alphabet: printable bytes stand for themselves, the others for characters from 256 on. */
const byteCharacters: string[] = []
for (let byte = 0, next = 256; byte < 256; byte++) {
  const isPrintable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173)
  byteCharacters.push(String.fromCharCode(isPrintable ? byte : next++))
}

function toByteLevel(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => byteCharacters[byte]).join('')
}

function unreadable(types: string[]): WeftError {
  return new WeftError(
    'engine/unsupported',
    'This model cannot keep to a form. Ask it for plain text, or choose another model.',
    { facts: [`Its tokenizer decodes by: ${types.join(', ') || 'nothing'}`] },
  )
}
