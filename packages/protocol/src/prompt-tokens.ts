/**
 * How many tokens a prompt can have, for a client that does not have the model's tokenizer.
 * @module
 */
import { utf8ToBytes } from './bytes.ts'
import type { Message, PromptTexts } from './job.ts'
import { readJson, type Tool } from './tools.ts'

/** What a chat template writes by itself: the longest preambles in use have some 200 tokens. */
const templateTokens = 512
/** Around each message, tool and call: a role, its special tokens, line breaks; in use are 3 to 30. */
const tokensPerPart = 32
/** By how much templates indent JSON at most. */
const indent = 4

/**
 * Byte-level BPE and SentencePiece's byte fallback take a byte for a token at worst, and never less than one: so
 * a prompt has at most as many tokens as its text has bytes, in the longest form to which a tokenizer may
 * normalise it, and what its template writes. Tools and calls count as JSON that is indented by four, the longest
 * form that templates write. Prose has four bytes to a token, so a node can count it four times,
 * and beside that what no template writes of the 512 tokens, and 32 a message or tool, that are let it.
 * Counted in one pass, without writing any of those forms: strangers may ask for it.
 * @returns an upper bound of `Quote.inputTokens`
 */
export function mostPromptTokens({ messages, tools }: PromptTexts): number {
  const parts = [...messages.flatMap(bytesOfMessage), ...tools.map(bytesOfTool)]
  const bytes = parts.reduce((sum, each) => sum + each, 0)
  return bytes + templateTokens + tokensPerPart * parts.length
}

function bytesOfMessage(message: Message): number[] {
  const { role, content } = message
  if (role !== 'assistant' || !message.toolCalls) return [mostBytes(content)]
  const calls = message.toolCalls.map(({ name, arguments: given }) =>
    indentedBytes({ type: 'function', id: '000000000', name, arguments: readJson(given) ?? given }),
  )
  return [mostBytes(content), ...calls]
}

function bytesOfTool({ name, description, parameters }: Tool): number {
  return indentedBytes({
    type: 'function',
    function: { name, description, parameters: readJson(parameters) },
  })
}

function indentedBytes(value: object): number {
  const text = JSON.stringify(value)
  return mostBytes(text) + blanksOf(text)
}

/** @param text - JSON without blanks. @returns how many it has more when it is indented */
function blanksOf(text: string): number {
  let [blanks, depth] = [0, 0]
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '"') at = endOfString(text, at)
    else if (char === ':') blanks += 1
    else if (char === ',') blanks += 1 + indent * depth
    else if (char === '{' || char === '[') {
      const isEmpty = text[at + 1] === '}' || text[at + 1] === ']'
      if (isEmpty) at += 1
      else blanks += 1 + indent * ++depth
    } else if (char === '}' || char === ']') blanks += 1 + indent * --depth
  }
  return blanks
}

/** @param at - of the quote that opens it. @returns that of the one that closes it */
function endOfString(text: string, at: number): number {
  let end = at + 1
  while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1
  return end
}

/** @returns UTF-8 bytes in the longest form: composing makes nothing longer, and the rest goes character by character */
function mostBytes(text: string): number {
  let bytes = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) {
      bytes += 1
      continue
    }
    const code = text.codePointAt(at) ?? unit
    if (code > 0xffff) at += 1
    bytes += widthOf(code)
  }
  return bytes
}

/** By code point; 0 where none was asked for yet. The widest is U+FDFA, of 33 bytes. */
let widths: Uint8Array | undefined

function widthOf(code: number): number {
  widths ??= new Uint8Array(0x110000)
  const known = widths[code]
  if (known) return known
  const char = String.fromCodePoint(code)
  const forms = [char, char.normalize('NFD'), char.normalize('NFKD')]
  const width = Math.max(...forms.map((form) => utf8ToBytes(form).length))
  widths[code] = width
  return width
}
