/**
 * The commands as processes, each talking to the others as on separate machines.
 * @module
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveModels } from './commands/models-server.ts'
import { killAll, weft } from './testing/weft-process.ts'

let folder: string
let models: Awaited<ReturnType<typeof serveModels>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-cli-'))
  models = await serveModels()
})
afterAll(async () => {
  killAll()
  await models.stop()
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
})

test('relay, node and gateway answer a program; its receipt is verified, and a changed one is not', async () => {
  const relay = weft('relay', '--port', '0', '--http-port', '0', '--key-file', join(folder, 'key'))
  const { address = '' } = await relay.ready()
  const node = weft('node', '--relay', address, '--state', join(folder, 'node'))
  const config = join(folder, 'gateway.json')
  await writeFile(config, JSON.stringify({ anonymous: { requestsPerMinute: 60 } }))
  const place = ['--port', '0', '--ops-port', '0', '--state', join(folder, 'gateway')]
  const gateway = weft(
    'gateway',
    ...place,
    '--relay',
    address,
    '--models',
    models.url,
    '--config',
    config,
  )
  const [{ url = '', ops = '' }, { peerId }] = await Promise.all([gateway.ready(), node.ready()])
  expect((await fetch(`${ops}/health`)).status).toBe(200)

  const ask = () =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'weft/bobbin-2m',
        max_tokens: 24,
        messages: [{ role: 'user', content: 'Tell me a story about a fox.' }],
      }),
    })
  await expect.poll(async () => (await ask()).status, { timeout: 20_000, interval: 500 }).toBe(200)
  const response = await ask()
  const receipt = response.headers.get('weft-receipt') ?? ''
  const { weft: facts } = (await response.json()) as { weft: { node: string } }
  expect(facts.node).toBe(peerId)

  const id = response.headers.get('weft-receipt-id')
  const whole = weft('verify', `${url}/v1/receipts/${id}`)
  const alone = weft('verify', receipt)
  const copied = join(folder, 'receipt.json')
  await writeFile(copied, JSON.stringify({ receipt, fields: {} }))
  const fromFile = weft('verify', copied)
  const bytes = Buffer.from(receipt, 'base64url')
  // The last byte is one of the signature's, or of the number before it: either is signed for.
  bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1
  const changed = weft('verify', bytes.toString('base64url'))
  expect(await whole.exit, whole.said.error).toBe(0)
  expect(whole.said.out).toContain(`right, by ${peerId}`)
  expect(whole.said.out).toMatch(/recomputed +all 24 tokens are the same/)
  expect(await alone.exit, alone.said.error).toBe(0)
  expect(alone.said.out).not.toContain('recomputed')
  expect(await fromFile.exit, fromFile.said.error).toBe(0)
  expect(fromFile.said.out).toBe(alone.said.out)
  expect(await changed.exit).toBe(1)
  expect(await (await fetch(`${ops}/metrics`)).text()).toContain(
    'weft_gateway_answers_total{end="done"}',
  )

  gateway.child.kill('SIGTERM')
  expect(await gateway.exit).toBe(0)
  node.child.kill('SIGTERM')
  expect(await node.exit).toBe(0)
}, 60_000)

test('what is missing is one sentence, a code, and its exit code', async () => {
  for (const [{ exit, said }, exitCode] of [
    [weft('gateway', '--models', models.url), 1],
    [weft('verify', 'nothing'), 3],
  ] as const) {
    expect(await exit).toBe(exitCode)
    expect(said.error.trim()).toMatch(/^[^\n]+ \[(gateway|weft)\/[a-z]+\]$/)
  }
})
