import { WeftError } from '@weft/protocol'
import { expect, test, vi } from 'vitest'
import { initialSettings } from '../chat/answer-settings.ts'
import type { Ask } from '../chat/run-answer.ts'
import { createSession } from '../chat/session.ts'
import { askAgain } from './ask-again.ts'

const how: Ask = { where: 'local', modelCid: 'm', settings: initialSettings, maxPrice: null }

/** A conversation with one question, which failed, and a button behind it that was pressed. */
async function pressed() {
  const offline = new WeftError('web/offline', 'No tab of Weft opens here.')
  const opened = Promise.reject(offline)
  const session = createSession({ opened, restored: Promise.resolve() })
  const chat = () => session.state.get().chats[session.state.get().currentId ?? '']
  const turnId = session.send('Why?', how) ?? ''
  const failed = () => vi.waitFor(() => expect(chat()?.run).toBeNull(), { interval: 1 })
  await failed()
  const asking = Promise.withResolvers<Ask>()
  const begun = vi.fn()
  const again = askAgain(turnId, { session, howToAsk: () => asking.promise, onBegin: begun })
  const code = again.then(
    () => null,
    (error) => WeftError.from(error, 'web/unexpected', '').code,
  )
  return { session, chat, failed, asking, begun, code }
}

test('the last question is asked once more', async () => {
  const { asking, begun, code, chat } = await pressed()
  expect(begun).not.toHaveBeenCalled()
  asking.resolve(how)
  expect(await code).toBeNull()
  expect(begun).toHaveBeenCalledOnce()
  expect(chat()?.turns).toMatchObject([{ prompt: 'Why?', error: { code: 'web/offline' } }])
})

test('what fails before it is asked is said', async () => {
  const { asking, begun, code } = await pressed()
  asking.reject(new WeftError('widget/no-model', 'This page asks for a model …'))
  expect(await code).toBe('widget/no-model')
  expect(begun).not.toHaveBeenCalled()
})

test('what was asked meanwhile goes on', async () => {
  const { session, asking, begun, code, failed } = await pressed()
  session.send('And this?', how)
  asking.resolve(how)
  expect(await code).toBe('widget/busy')
  await failed()
  expect(begun).not.toHaveBeenCalled()
})

test('a conversation that was left meanwhile stays as it is, and so does the new one', async () => {
  const { session, asking, begun, code, chat, failed } = await pressed()
  session.startNew()
  session.send('Something else', how)
  await failed()
  const before = session.state.get().chats
  asking.resolve(how)
  expect(await code).toBeNull()
  expect(begun).not.toHaveBeenCalled()
  expect(session.state.get().chats).toBe(before)
  expect(chat()?.turns).toHaveLength(1)
})
