import { type Chat, createChat, createClient, type Tab, type WeftClient } from '@weft/sdk'
import { createElement } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { useChannel, useChat, useNetwork, useNode } from './index.ts'

let client: WeftClient
let root: Root
const page = document.createElement('div')

beforeAll(async () => {
  client = await createClient({ modelsUrl: new URL('/models/', location.href).href, local: true })
  root = createRoot(page)
})
afterAll(async () => {
  root.unmount()
  await client.close()
})

const shows = (text: string) => vi.waitFor(() => expect(page.textContent).toContain(text))
const line = (...texts: unknown[]) => createElement('p', {}, texts.join(' | '))

function ShownChat({ chat }: { chat: Chat }) {
  const { messages, phase } = useChat(chat)
  return line(phase, ...messages.map(({ role, content }) => `${role}: ${content}`))
}

function ShownTab({ tab }: { tab: Tab }) {
  const { relays } = useNetwork(tab)
  const { phase } = useNode(tab.node)
  const { spending, earnings } = useChannel(tab.purse)
  return line(relays.length, phase, spending, earnings)
}

test('a conversation is shown as it grows', async () => {
  const chat = createChat({ client, model: 'weft/bobbin-2m', params: { max_tokens: 8 } })
  root.render(createElement(ShownChat, { chat }))
  await shows('idle')
  await chat.ask('Hello')
  await shows('idle | user: Hello | assistant: ')
})

test('so are network, node and channel', async () => {
  const { tab } = client
  root.render(createElement(ShownTab, { tab }))
  await shows('0 | off |  | ')
})
