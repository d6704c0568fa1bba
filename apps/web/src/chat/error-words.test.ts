import { expect, test } from 'vitest'
import { errorWords, onThisMachine, withoutThisDevice } from './error-words.ts'

const data = (code: string, message = 'Its own words.', facts: string[] = []) => ({
  code,
  message,
  facts,
})

test('no nodes: its own sentence, once, and local mode first', () => {
  const message = 'No other tab serves this model right now.'
  const words = errorWords(data('sdk/no-nodes', message, ['Nothing was sent.']))
  expect(words).toMatchObject({ title: message, detail: null, remedies: ['local', 'retry'] })
})

test('a node that died says so and offers both ways', () => {
  const words = errorWords(data('network/node-lost', 'The node was lost after 12 tokens.'))
  expect(words.title).toBe('The node was lost after 12 tokens.')
  expect(words.remedies).toEqual(['local', 'retry'])
})

test('an over-long prompt is not offered to anyone else, but shortened or to its writer', () => {
  expect(errorWords(data('engine/prompt-too-long')).remedies).toEqual(['slide', 'edit'])
})

test('where the page has better words, the own ones become the detail', () => {
  const words = errorWords(
    data('network/unreachable', 'The node cannot be reached.', ['ICE failed.']),
  )
  expect(words.title).toBe('The relay can be reached, but none of the tabs that answer.')
  expect(words.detail).toBe('The node cannot be reached. ICE failed.')
})

test('unreachable where all relays are on this machine: its network comes first, no firewall', () => {
  const failure = data('network/unreachable')
  const local = ['/ip4/127.0.0.1/tcp/7071/ws/p2p/16U', '/dns4/localhost/tcp/1/ws/p2p/16U']
  const { advice } = onThisMachine(errorWords(failure), failure, local)
  expect(advice).toContain('only where it has a network')
  expect(advice).not.toMatch(/firewall|TURN/)
  for (const relays of [[], [...local, '/dns4/relay.example/tcp/443/wss/p2p/16U']]) {
    expect(onThisMachine(errorWords(failure), failure, relays)).toEqual(errorWords(failure))
  }
  const busy = data('sdk/busy')
  expect(onThisMachine(errorWords(busy), busy, local)).toEqual(errorWords(busy))
})

test('an unknown trouble of the network offers this device', () => {
  expect(errorWords(data('network/later')).remedies).toEqual(['local', 'retry'])
})

test.each(['engine/bad-model', 'engine/bad-graph'])(
  '%s: the same files would come again',
  (code) => {
    const { advice } = errorWords(data(code))
    expect(advice).toContain('Choose another model')
    expect(advice).not.toContain('load it again')
  },
)

test('an unknown code keeps its own words', () => {
  expect(errorWords(data('later/new', 'Something new.'))).toMatchObject({
    title: 'Something new.',
    remedies: ['retry'],
  })
})

test('a device that cannot run the model is not offered', () => {
  const words = withoutThisDevice(errorWords(data('sdk/no-nodes')))
  expect(words.remedies).toEqual(['retry'])
  expect(words.advice).toContain('This device cannot run it.')
  const own = errorWords(data('engine/prompt-too-long'))
  expect(withoutThisDevice(own)).toEqual(own)
})
