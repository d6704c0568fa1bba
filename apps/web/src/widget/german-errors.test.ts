import { expect, test } from 'vitest'
import errors from '../docs/generated/errors.json' with { type: 'json' }
import { germanErrorCodes, germanErrorWords } from './german-errors.ts'

const failure = (code: string) => ({ code, message: 'It failed.', facts: ['Model: x'] })

test('what a visitor may meet is said in German alone', () => {
  expect(germanErrorWords(failure('sdk/no-nodes'))).toMatchObject({
    title: 'Kein anderer Tab bietet dieses Modell gerade an.',
    detail: null,
  })
})

test('all else has a German title, and its own words behind it', () => {
  const { title, detail } = germanErrorWords(failure('engine/unheard-of'))
  expect(title).toBe('Dieses Gerät konnte nicht rechnen.')
  expect(detail).toBe('It failed. Model: x')
})

test('every code with words of its own is one that is thrown', () => {
  const thrown = new Set(errors.map(({ code }) => code))
  expect(germanErrorCodes.filter((code) => !thrown.has(code))).toEqual([])
})
