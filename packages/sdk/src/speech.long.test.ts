import { readRecording } from '@weft/engine/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient, type WeftClient } from './client.ts'
import { openSiteServer } from './testing/site-server.ts'
import { openSpeechSite, speechModel } from './testing/speech-site.ts'

const said = 'He might even have been made amiable himself.'

let site: Awaited<ReturnType<typeof openSpeechSite>>
let client: WeftClient
let recording: Float32Array

beforeAll(async () => {
  site = await openSpeechSite()
  client = await createClient({ modelsUrl: site.modelsUrl })
  recording = await readRecording()
}, 30_000)
afterAll(async () => {
  await client.close()
  await site.close()
})

test('what somebody says is written down, segment by segment', { timeout: 60_000 }, async () => {
  // Said again behind 16 seconds of silence, which ends the first window.
  const twice = new Float32Array(recording.length * 2 + 16 * 16_000)
  twice.set(recording)
  twice.set(recording, twice.length - recording.length)
  const told: object[] = []
  const { text, segments } = await client.transcribe(twice, {
    language: 'en',
    onProgress: (progress) => told.push(progress),
  })
  expect(segments.map((segment) => segment.text)).toEqual([said, said])
  expect(text).toBe(`${said} ${said}`)
  const [first, second] = segments
  const secondsMs = recording.length / 16
  expect(first?.endMs).toBeLessThan(secondsMs + 200)
  const apartMs = (second?.startMs ?? 0) - (first?.startMs ?? 0)
  expect(Math.abs(apartMs - secondsMs - 16_000)).toBeLessThan(150)
  expect(told.at(-1)).toMatchObject({ heardMs: second?.endMs, text })
})

test('what cannot be heard is refused by its reason', { timeout: 60_000 }, async () => {
  const codeOf = (work: Promise<unknown>) => work.then(String, ({ code }) => code)
  const wrong = Float32Array.of(0.1, Number.NaN)
  expect(await codeOf(client.transcribe(wrong))).toBe('engine/bad-audio')
  expect(await codeOf(client.transcribe(new Float32Array()))).toBe('engine/bad-audio')
  expect(await codeOf(client.transcribe(recording, { language: 'de' }))).toBe('sdk/no-speech')
  expect(await codeOf(client.transcribe(recording, { model: 'weft/bobbin-2m' }))).toBe(
    'sdk/wrong-task',
  )
  const chat = client.chat.completions.create({
    model: speechModel,
    messages: [{ role: 'user', content: 'Hello' }],
  })
  expect(await codeOf(chat)).toBe('sdk/wrong-task')
  const plain = await openSiteServer()
  const other = await createClient({ modelsUrl: plain.modelsUrl })
  expect(await codeOf(other.transcribe(recording))).toBe('sdk/no-speech')
  await other.close()
  await plain.close()
})
