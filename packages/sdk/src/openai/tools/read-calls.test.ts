import { expect, test } from 'vitest'
import { createCallReader, foldParts } from './read-calls.ts'

const names = new Set(['weather', 'time_in'])

/** @param pieces - the answer as it came */
function read(pieces: readonly string[], most = 8) {
  const reader = createCallReader({ names, most })
  return foldParts([...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()])
}

const paris = { name: 'weather', arguments: '{"city": "Paris"}' }
const call = '{"name": "weather", "arguments": {"city": "Paris"}}'
const time = '{"name": "time_in", "arguments": {"zones": ["a}", "b\\"]"], "deep": {"er": {}}}}'
const zones = { name: 'time_in', arguments: '{"zones": ["a}", "b\\"]"], "deep": {"er": {}}}' }

const written: [name: string, text: string, said: ReturnType<typeof read>][] = [
  ['Qwen', `<tool_call>\n${call}\n</tool_call>`, { content: '', calls: [paris] }],
  [
    'Qwen, with words before and two calls',
    `I look.\n\n<tool_call>\n${call}\n</tool_call>\n<tool_call>\n${time}\n</tool_call>`,
    { content: 'I look.', calls: [paris, zones] },
  ],
  [
    'SmolLM2, a list',
    `<tool_call>[${call}, ${time}]</tool_call>`,
    { content: '', calls: [paris, zones] },
  ],
  ['one that ends at its stop text', `<tool_call>${call}`, { content: '', calls: [paris] }],
  ['one brace too many', `<tool_call>${call}}`, { content: '', calls: [paris] }],
  [
    'Llama 3',
    '{"type": "function", "name": "weather", "parameters": {"city": "Paris"}}',
    { content: '', calls: [paris] },
  ],
  ['Mistral', `[TOOL_CALLS] [${call}, ${time}]`, { content: '', calls: [paris, zones] }],
  ['Mistral, without its mark', ` [${call}]`, { content: '', calls: [paris] }],
  [
    'another order, arguments as a text, and none',
    '[{"arguments": "{\\"city\\": 1}", "name": "weather"}, {"name": "time_in"}]',
    {
      content: '',
      calls: [
        { name: 'weather', arguments: '{"city": 1}' },
        { name: 'time_in', arguments: '{}' },
      ],
    },
  ],
  [
    'a number and a type of its own before it',
    '<tool_call>{"id": 7, "type": "call", "name": "time_in", "arguments": {"a": "}"}, "more": 1}</tool_call>',
    { content: '', calls: [{ name: 'time_in', arguments: '{"a": "}"}' }] },
  ],
  [
    'a call that was cut off',
    '<tool_call>{"name": "weather", "arguments": {"city": "Pa',
    { content: '', calls: [{ name: 'weather', arguments: '{"city": "Pa' }] },
  ],
]

const texts: [name: string, text: string][] = [
  ['words', 'The weather is fine.\n'],
  ['a function that was not offered', '<tool_call>\n{"name": "rm", "arguments": {}}\n</tool_call>'],
  ['a mark in a sentence', 'One writes <tool_call> and then {"name": 1}.'],
  ['half a mark', 'a < b, and <tool'],
  ['JSON that is no call', '{"city": "Paris", "name": "weather", "arguments": {}}'],
  ['a list that is no call', '[{"name": "rm", "arguments": {}}, 3]'],
  ['a beginning of nothing', '[TOOL_CALLS] no'],
  ['an open list', '['],
  ['a record with a name', '{"name": "Ada", "arguments": {"a": 1}, "text": "..."}'],
  ['a record that is named last', '{"id": 1, "title": "weather", "name": "weather"}'],
  ['a name that is no text', '[{"name": ["weather"], "arguments": {}}]'],
  ['an offered name and nothing else that a call has', '{"name": "weather", "city": "Paris'],
  ['an open object', '{"name": "wea'],
  ['space', ' \n '],
]

/** All at once, letter by letter, and at every place in two. */
const cuts = (text: string): string[][] => [
  [text],
  [...text],
  ...Array.from(text, (_, at) => [text.slice(0, at), text.slice(at)]),
]

test.each(written)('%s is read as calls, however it comes', (_name, text, said) => {
  for (const pieces of cuts(text)) expect(read(pieces)).toEqual(said)
})

test.each(texts)('%s stays text, to the letter', (_name, text) => {
  for (const pieces of cuts(text)) expect(read(pieces)).toEqual({ content: text, calls: [] })
})

test('arguments are told as they come, the words before them at once', () => {
  const reader = createCallReader({ names, most: 8 })
  expect(reader.push('Wait')).toEqual([{ type: 'text', text: 'Wait' }])
  expect(reader.push('. <tool_call>{"name": "weather", "arg')).toEqual([
    { type: 'text', text: '.' },
  ])
  expect(reader.push('uments": {"ci')).toEqual([
    { type: 'call', index: 0, name: 'weather' },
    { type: 'arguments', index: 0, text: '{"ci' },
  ])
  expect(reader.push('ty": 1}}')).toEqual([{ type: 'arguments', index: 0, text: 'ty": 1}' }])
})

test.each([
  ['with the name of no function', '{"name":"Ada",', '"text":"'],
  ['with a key that no call has', '{"id":1,"type":"circle","size":', '2,"text":"'],
])('an object %s comes as it is written', (_name, first, second) => {
  const reader = createCallReader({ names, most: 8 })
  expect(reader.push(first)).toEqual([{ type: 'text', text: first }])
  expect(reader.push(second)).toEqual([{ type: 'text', text: second }])
})

// Looked at from its beginning at each piece, it would take minutes.
test('what is held is looked at once, however many pieces it has', () => {
  const reader = createCallReader({ names, most: 8 })
  reader.push('{"arguments": {"text": "')
  for (let piece = 0; piece < 100_000; piece += 1) expect(reader.push('four').length).toBe(0)
  const [call, given] = reader.push('"}, "name": "weather"}')
  expect(call).toEqual({ type: 'call', index: 0, name: 'weather' })
  expect(given?.type === 'arguments' && given.text.length).toBe(400_011)
})

test('no more calls than may be, and nothing behind them', () => {
  for (const pieces of cuts(
    `<tool_call>${call}</tool_call>\n<tool_call>${time}</tool_call> Done.`,
  )) {
    expect(read(pieces, 1)).toEqual({ content: '', calls: [paris] })
  }
})

test('words behind a call are told', () => {
  const text = `<tool_call>${call}</tool_call>\nThat was it.`
  for (const pieces of cuts(text)) {
    expect(read(pieces)).toEqual({ content: '\nThat was it.', calls: [paris] })
  }
})
