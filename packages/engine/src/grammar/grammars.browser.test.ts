import { expect, test } from 'vitest'
import { createGrammars } from './grammars.ts'

const tokens = ['</s>', '{', '}', '[', ']', '"', 'a', ':', '1', '{"']

test('a page that is cross-origin isolated masks by a grammar', async () => {
  expect(crossOriginIsolated).toBe(true)
  const grammars = createGrammars({
    tokenizerJson: {
      model: { vocab: Object.fromEntries(tokens.map((token, id) => [token, id])) },
      added_tokens: [{ id: 0, content: '</s>', special: true }],
      decoder: { type: 'ByteLevel' },
    },
    endTokens: new Set([0]),
  })
  const matcher = await grammars.open({ type: 'json' })
  const logits = new Float32Array(tokens.length)
  matcher?.mask(logits)
  expect(tokens.filter((_, token) => logits[token] === 0)).toEqual(['{', '[', '{"'])
  matcher?.dispose()
  await grammars.dispose()
})
