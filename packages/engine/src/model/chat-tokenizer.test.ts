import { describe, expect, test } from 'vitest'
import { readBobbin } from '../testing/node-model.ts'
import { createChatTokenizer } from './chat-tokenizer.ts'
import { readModelConfig } from './model-config.ts'

const { files } = readBobbin()
const encoder = new TextEncoder()

function withJson(path: string, change: Record<string, unknown>): Map<string, Uint8Array> {
  const value = JSON.parse(new TextDecoder().decode(files.get(path)))
  return new Map([...files, [path, encoder.encode(JSON.stringify({ ...value, ...change }))]])
}

describe('chat tokenizer', () => {
  test('writes the conversation by the template and opens the answer', () => {
    const { encodeChat } = createChatTokenizer(readModelConfig(files))
    const tokens = encodeChat([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hi' },
      { role: 'user', content: 'Hi' },
    ])
    const [user = 1, assistant = 2, end = 3] = []
    const text = tokens.slice(1, tokens.indexOf(end))
    expect(tokens).toEqual([
      user,
      ...text,
      end,
      assistant,
      ...text,
      end,
      user,
      ...text,
      end,
      assistant,
    ])
  })

  test('the template may be one of several, a file, or use special tokens', () => {
    const template = '{{ bos_token }}{{ messages[0].content }}{{ eos_token }}'
    const list = withJson('tokenizer_config.json', {
      bos_token: { content: '<|user|>' },
      chat_template: [
        { name: 'tool_use', template: '' },
        { name: 'default', template },
      ],
    })
    const file = new Map([
      ...withJson('tokenizer_config.json', { bos_token: '<|user|>', chat_template: undefined }),
      ['chat_template.jinja', encoder.encode(template)],
    ])
    for (const variant of [list, file]) {
      const tokens = createChatTokenizer(readModelConfig(variant)).encodeChat([
        { role: 'user', content: 'Hi' },
      ])
      expect(tokens.at(0)).toBe(1)
      expect(tokens.at(-1)).toBe(3)
    }
  })

  test('a template that refuses says so under a code', () => {
    const strict = withJson('tokenizer_config.json', {
      chat_template: "{{ raise_exception('Roles must alternate') }}",
    })
    const { encodeChat } = createChatTokenizer(readModelConfig(strict))
    expect(() => encodeChat([{ role: 'user', content: 'Hi' }])).toThrow(
      expect.objectContaining({ code: 'engine/chat-template', facts: ['Roles must alternate'] }),
    )
  })
})

describe('model config', () => {
  test('reads one end token or several', () => {
    expect(readModelConfig(files).endTokens).toEqual(new Set([3, 0]))
    const one = withJson('generation_config.json', { eos_token_id: 3 })
    expect(readModelConfig(one).endTokens).toEqual(new Set([3]))
    const fromConfig = new Map(files)
    fromConfig.delete('generation_config.json')
    expect(readModelConfig(fromConfig).endTokens).toEqual(new Set([3]))
  })

  test.each(['config.json', 'tokenizer.json', 'tokenizer_config.json'])(
    'a missing or broken %s is named',
    (path) => {
      const missing = new Map(files)
      missing.delete(path)
      const broken = new Map([...files, [path, encoder.encode('{')] as const])
      for (const variant of [missing, broken]) {
        expect(() => readModelConfig(variant)).toThrow(
          expect.objectContaining({
            code: 'engine/bad-model',
            facts: [expect.stringContaining(path)],
          }),
        )
      }
    },
  )
})
