import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8ToBytes } from './bytes.ts'
import { limits } from './limits.ts'
import { mostPromptTokens } from './prompt-tokens.ts'

const messages = [{ role: 'user' as const, content: 'hi' }]
const bytesIn = (text: string) => utf8ToBytes(text).length
const forms = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const

test('counts functions as they are when they are indented, and texts in their longest form', () => {
  const odd = fc.string({ unit: 'grapheme' })
  const schemas = fc.dictionary(odd, fc.jsonValue({ stringUnit: 'grapheme' }))
  const none = mostPromptTokens({ messages, tools: [] })
  fc.assert(
    fc.property(schemas, odd, (schema, text) => {
      const description = `${text}{[,:"\\\\`
      const tool = { name: 'f', description, parameters: JSON.stringify(schema) }
      const offered = { ...tool, parameters: JSON.parse(tool.parameters) }
      const written = JSON.stringify({ type: 'function', function: offered }, null, 4)
      const counted = mostPromptTokens({ messages, tools: [tool] }) - none - 32
      const longest = Math.max(...forms.map((form) => bytesIn(written.normalize(form))))
      expect(counted).toBeGreaterThanOrEqual(longest)
      if (bytesIn(written) === written.length) expect(counted).toBe(written.length)
    }),
    { numRuns: 200, seed: 22 },
  )
})

test('marks in the worst order for a normaliser are counted in one pass', () => {
  // Each of the second half moves in front of all of the first: minutes, if somebody did it.
  const half = limits.maxPromptBytes / 4
  const content = '\u0301'.repeat(half) + '\u0323'.repeat(half)
  const most = mostPromptTokens({ messages: [{ role: 'user', content }], tools: [] })
  expect(most).toBe(limits.maxPromptBytes + 512 + 32)
})
