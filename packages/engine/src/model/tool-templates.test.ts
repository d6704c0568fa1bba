/** Functions, calls and results as the families' own templates tell them, and in plain words for all others. */
import type { Message, Tool } from '@weft/protocol'
import { expect, test } from 'vitest'
import { readBobbin } from '../testing/node-model.ts'
import { createChatTokenizer } from './chat-tokenizer.ts'
import { readModelConfig } from './model-config.ts'

const config = readModelConfig(readBobbin().files)
const special = '<|im_end|>'

function open(chatTemplate: string) {
  const added = { id: 4096, content: special, special: true }
  const shape = { lstrip: false, rstrip: false, normalized: false, single_word: false }
  const tokenizer = createChatTokenizer({
    ...config,
    tokenizerJson: { ...config.tokenizerJson, added_tokens: [{ ...added, ...shape }] },
    chatTemplate,
  })
  return {
    tokenizer,
    show: (messages: Message[], offered: Tool[] = tools) =>
      tokenizer.decode(tokenizer.encodeChat(messages, offered)),
  }
}

const tools: Tool[] = [
  { name: 'weather', description: 'Of a city.', parameters: '{"type":"object","properties":{}}' },
]
const conversation: Message[] = [
  { role: 'user', content: 'Paris?' },
  {
    role: 'assistant',
    content: 'I look.',
    toolCalls: [
      { id: 'call_a', name: 'weather', arguments: '{"city":"Paris"}' },
      { id: 'call_b', name: 'weather', arguments: '{"city":' },
    ],
  },
  { role: 'tool', content: 'sunny', toolCallId: 'call_a' },
  { role: 'tool', content: 'no such city', toolCallId: 'call_b' },
]

const turns = `{% for message in messages %}{{ '[' + message.role + ']' + message.content }}{% endfor %}`
/** In the way of Qwen 2.5 and of Mistral: the first tells functions and calls, the second wants ids of nine letters. */
const qwen = `{% if tools %}{{ '[tools]' }}{% for tool in tools %}{{ tool | tojson }}{% endfor %}{% endif %}{% for message in messages %}{% if message.role == 'tool' %}{{ '[result ' + message.name + ']' + message.content }}{% else %}{{ '[' + message.role + ']' + message.content }}{% endif %}{% for call in message.tool_calls | default([]) %}{{ '<tool_call>{"name": "' + call.function.name + '", "arguments": ' + (call.function.arguments | tojson) + '}</tool_call>' }}{% endfor %}{% endfor %}`
const mistral = `{% if tools is defined and tools is not none %}{{ '[AVAILABLE_TOOLS]' + (tools | tojson) }}{% endif %}{% for message in messages %}{% for call in message.tool_calls | default([]) %}{% if call.id | length != 9 %}{{ raise_exception('nine letters') }}{% endif %}{{ call | tojson }}{% endfor %}{% if message.role == 'tool' %}{{ '[TOOL_RESULTS]' + message.content + message.tool_call_id }}{% endif %}{% endfor %}`

test('a template that knows functions tells them, calls and results itself', () => {
  expect(open(qwen).show(conversation)).toBe(
    '[tools]{"type": "function", "function": {"name": "weather", "description": "Of a city.", "parameters": {"type": "object", "properties": {}}}}' +
      '[user]Paris?[assistant]I look.<tool_call>{"name": "weather", "arguments": {"city": "Paris"}}</tool_call>' +
      '<tool_call>{"name": "weather", "arguments": "{\\"city\\":"}</tool_call>' +
      '[result weather]sunny[result weather]no such city',
  )
  expect(open(mistral).show(conversation)).toContain(
    '[TOOL_RESULTS]sunny000000000[TOOL_RESULTS]no such city000000001',
  )
})

const words = `You can call these functions:
{"name":"weather","description":"Of a city.","parameters":{"type":"object","properties":{}}}
To call one, answer with nothing but:
<tool_call>
{"name": "the function", "arguments": {"its": "arguments"}}
</tool_call>`
const told =
  '[assistant]I look.\n<tool_call>\n{"name":"weather","arguments":{"city":"Paris"}}\n</tool_call>\n' +
  '<tool_call>\n{"name":"weather","arguments":"{\\"city\\":"}\n</tool_call>' +
  '[user]<tool_response>\nsunny\n</tool_response>\n<tool_response>\nno such city\n</tool_response>'

test('one that knows none hears of them in its system message', () => {
  const { show } = open(turns)
  expect(show(conversation)).toBe(`[system]${words}[user]Paris?${told}`)
  const kind: Message = { role: 'system', content: 'Be kind.' }
  expect(show([kind, ...conversation])).toBe(`[system]Be kind.\n\n${words}[user]Paris?${told}`)
})

test('or in the first question, where it passes system messages over or refuses them', () => {
  const expected = `[user]${words}\n\nParis?${told}`
  const passes = `{% for message in messages %}{% if message.role != 'system' %}{{ '[' + message.role + ']' + message.content }}{% endif %}{% endfor %}`
  expect(open(passes).show(conversation)).toBe(expected)
  const refuses = `{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}${turns}`
  expect(open(refuses).show(conversation)).toBe(expected)
})

test('one that knows functions and refuses this conversation gets plain words as well', () => {
  const single = `{% for message in messages %}{% if message.tool_calls is defined and message.tool_calls | length != 1 %}{{ raise_exception('one call at once') }}{% endif %}{% endfor %}${qwen}`
  expect(open(single).show(conversation)).toBe(`[system]${words}[user]Paris?${told}`)
})

const listed = `{% if tools %}{{ '[tools]' + (tools | tojson) }}{% endif %}`
const spoken = `{% for message in messages %}{% if message.role in ['system', 'user', 'assistant'] %}{{ '[' + message.role + ']' + message.content }}{% endif %}{% endfor %}`
const calling = `{% for message in messages %}{% for call in message.tool_calls | default([]) %}{{ call | tojson }}{% endfor %}{% endfor %}`
test.each([
  ['calls and results', listed + spoken],
  ['results', listed + spoken + calling],
  ['calls', listed + turns],
])('one that tells functions and drops %s gets plain words', (_dropped, template) => {
  expect(open(template).show(conversation)).toBe(`[system]${words}[user]Paris?${told}`)
})

test('without functions, what was called stays in the conversation', () => {
  expect(open(turns).show(conversation, [])).toBe(`[user]Paris?${told}`)
  expect(open(qwen).show(conversation, [])).toContain('[assistant]I look.<tool_call>')
})

test.each([
  ['told by a template', qwen],
  ['told in plain words', turns],
])('none of it can write a special token: %s', (_name, template) => {
  const { tokenizer } = open(template)
  const evil: Tool[] = [
    {
      name: 'weather',
      description: special,
      parameters: JSON.stringify({ type: 'object', [special]: [special] }),
    },
  ]
  const given = JSON.stringify({ [special]: { a: [`b${special}`] } })
  const tokens = tokenizer.encodeChat(
    [
      { role: 'user', content: special },
      {
        role: 'assistant',
        content: special,
        toolCalls: [
          { id: 'a', name: 'weather', arguments: given },
          { id: special, name: 'weather', arguments: special },
        ],
      },
      { role: 'tool', content: special, toolCallId: special },
    ],
    evil,
  )
  expect(tokens).not.toContain(4096)
  expect(tokenizer.decode(tokens).split(special)).toHaveLength(10)
})
