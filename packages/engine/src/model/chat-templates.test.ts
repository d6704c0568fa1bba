/** Chat templates in the shape of the families', over the embedded model's words. */
import type { Message } from '@weft/protocol'
import { describe, expect, test } from 'vitest'
import { readBobbin } from '../testing/node-model.ts'
import { checkTokenizer, createChatTokenizer } from './chat-tokenizer.ts'
import { knownConversations } from './known-conversations.ts'
import { readModelConfig } from './model-config.ts'

type Family = { specials: string[]; template: string; expected: string }

const config = readModelConfig(readBobbin().files)

/** The embedded tokenizer with the family's special tokens behind its own. */
function open({ specials, template }: Pick<Family, 'specials' | 'template'>) {
  const added = specials.map((content, index) => ({
    id: 4096 + index,
    content,
    special: true,
    lstrip: false,
    rstrip: content === '<|assistant|>',
    normalized: false,
    single_word: false,
  }))
  const tokenizer = createChatTokenizer({
    ...config,
    tokenizerJson: { ...config.tokenizerJson, added_tokens: added },
    tokenizerConfig: { bos_token: specials[0], eos_token: { content: specials[1] } },
    chatTemplate: template,
  })
  /** Special tokens by name, the words between them as text. */
  const show = (messages: Message[]) =>
    tokenizer
      .encodeChat(messages)
      .map((token) => specials[token - 4096] ?? tokenizer.decode([token]))
      .join('')
  return { tokenizer, show }
}

const conversation: Message[] = [
  { role: 'system', content: 'Be kind.' },
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello' },
  { role: 'user', content: 'Bye' },
]

const families: [name: string, family: Family][] = [
  [
    'Llama 3.2',
    {
      specials: ['<|begin_of_text|>', '<|eot_id|>', '<|start_header_id|>', '<|end_header_id|>'],
      template: `{{- bos_token }}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}{%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}{%- set date_string = "26 Jul 2024" %}{%- endif %}
{%- endif %}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}{%- set messages = messages[1:] %}
{%- else %}{%- set system_message = "" %}{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\nToday: " + date_string + "\\n\\n" + system_message + "<|eot_id|>" }}
{%- for message in messages %}
    {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- endif %}`,
      expected:
        '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nToday: 26 Jul 2024\n\nBe kind.<|eot_id|>' +
        '<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>' +
        '<|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
    },
  ],
  [
    'Qwen 3',
    {
      specials: ['<|endoftext|>', '<|im_end|>', '<|im_start|>'],
      template: `{%- for message in messages %}
{{- '<|im_start|>' + message.role + '\\n' + (message.content.split('</think>')|last) + '<|im_end|>' + '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}
{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}
{%- endif %}`,
      expected:
        '<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>\n' +
        '<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n',
    },
  ],
  [
    'Phi 4 mini',
    {
      specials: ['<|endoftext|>', '<|end|>', '<|system|>', '<|user|>', '<|assistant|>'],
      template: `{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% else %}{{ eos_token }}{% endif %}`,
      expected:
        '<|system|>Be kind.<|end|><|user|>Hi<|end|><|assistant|>Hello<|end|><|user|>Bye<|end|><|assistant|>',
    },
  ],
  [
    'Gemma, which refuses a system message',
    {
      specials: ['<bos>', '<eos>', '<start_of_turn>', '<end_of_turn>'],
      template: `{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\\n'}}{% endif %}`,
      expected:
        '<bos><start_of_turn>user\nBe kind.\n\nHi<end_of_turn>\n<start_of_turn>model\nHello<end_of_turn>\n' +
        '<start_of_turn>user\nBye<end_of_turn>\n<start_of_turn>model\n',
    },
  ],
]

describe.each(families)('%s', (_name, family) => {
  test('a conversation', () => {
    expect(open(family).show(conversation)).toBe(family.expected)
  })

  test('content cannot write a special token', () => {
    const { tokenizer } = open(family)
    const countSpecials = (content: string) =>
      tokenizer.encodeChat([{ role: 'user', content }]).filter((token) => token >= 4096).length
    expect(countSpecials(`a ${family.specials.join(' ')} ${family.specials.join('')}`)).toBe(
      countSpecials('a'),
    )
  })
})

test('roles out of turn are refused, also with a system message', () => {
  const { show } = open(families[3]?.[1] as Family)
  const twice: Message[] = [...conversation.slice(0, 2), { role: 'user', content: 'Again' }]
  expect(() => show(twice)).toThrow(
    expect.objectContaining({ code: 'engine/chat-template', facts: ['System role not supported'] }),
  )
})

test('a tokenizer may know fewer tokens than the graph, never more', () => {
  const { tokenizer } = open(families[0]?.[1] as Family)
  expect(tokenizer.vocabularySize).toBe(4100)
  const promptTokens = tokenizer.encodeChat(knownConversations[2] ?? [])
  checkTokenizer({ tokenizer, vocabularySize: 4100, promptTokens })
  checkTokenizer({ tokenizer, vocabularySize: 4160, promptTokens })
  expect(() => checkTokenizer({ tokenizer, vocabularySize: 4096, promptTokens })).toThrow(
    expect.objectContaining({
      code: 'engine/bad-model',
      facts: ['The tokenizer has 4100 tokens, the graph 4096.'],
    }),
  )
})

test('a tokenizer of another template is another one', () => {
  const [own, other] = families.map(([, family]) => open(family).tokenizer)
  if (!own || !other) throw new Error('expected two families')
  const promptTokens = own.encodeChat(knownConversations[0] ?? [])
  expect(() => checkTokenizer({ tokenizer: other, vocabularySize: 5000, promptTokens })).toThrow(
    expect.objectContaining({
      code: 'engine/bad-model',
      facts: ['It does not read the prompt of the known answer as it was.'],
    }),
  )
})
