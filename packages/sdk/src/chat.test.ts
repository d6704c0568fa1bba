import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Chat, createChat } from './chat.ts'
import { type ApiRoad, openApiRoad } from './testing/api-road.ts'

let road: ApiRoad
beforeAll(async () => {
  road = await openApiRoad()
})
afterAll(() => road.close())

const open = (model = 'weft/bobbin-2m') =>
  createChat({ client: road.api, model, params: { temperature: 0, max_tokens: 60 } })
const last = (chat: Chat) => chat.state.get().messages.at(-1)

test('a conversation grows, remembers, and begins anew', async () => {
  const chat = open()
  const lengths = new Set<number>()
  chat.state.subscribe(() => lengths.add(last(chat)?.content.length ?? 0))
  await chat.ask('Who are you?')
  expect(lengths.size).toBeGreaterThan(5)
  expect(last(chat)?.weft?.receipt?.nodePeerId).toBe(road.node.peerId)
  await chat.ask('What is 27 + 15?')
  expect(chat.state.get()).toMatchObject({ phase: 'idle', error: null })
  expect(chat.state.get().messages).toHaveLength(4)
  expect(last(chat)?.weft?.answer.job.messages).toHaveLength(3)
  chat.clear()
  expect(chat.state.get().messages).toEqual([])
})

test('what has come when it is stopped stays, and nothing comes after', async () => {
  const chat = open()
  let stopped = ''
  chat.state.subscribe(() => {
    const { content = '', role } = last(chat) ?? {}
    if (role !== 'assistant' || stopped || content.length < 5) return
    stopped = content
    chat.stop()
  })
  await chat.ask('Tell me a story about a fox.')
  expect(last(chat)?.content).toBe(stopped)
  expect(chat.state.get()).toMatchObject({ phase: 'idle', error: null })
})

test('what fails is told in the state', async () => {
  const chat = open('gpt-5')
  await chat.ask('Hello')
  expect(chat.state.get()).toMatchObject({ phase: 'idle', error: { code: 'sdk/unknown-model' } })
})
