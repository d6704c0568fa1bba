import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { submitToRelay } from './submit-to-relay.ts'

let says: [status: number, body: unknown] = [200, {}]
const relay = createServer((_, response) => {
  const [status, body] = says
  response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
})
beforeAll(() => new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  relay.close()
  relay.closeAllConnections()
})

function submit(wanted: 'opened' | 'changed', ...answer: typeof says): Promise<void> {
  says = answer
  const { port } = relay.address() as AddressInfo
  return submitToRelay({ creditRelay: `http://127.0.0.1:${port}/credits` }, '{}', wanted)
}

const refused = (fact: string) => ({
  code: 'web/credit-relay',
  facts: [expect.stringContaining(fact)],
})

test('what was asked for and nothing else counts as done', async () => {
  await submit('opened', 200, { outcome: 'opened', transaction: '0x12' })
  await submit('changed', 200, { outcome: 'changed', transaction: '0x12' })
  for (const other of [{}, null, 'opened', '', { outcome: 'changed' }, { outcome: 'sent' }]) {
    await expect(submit('opened', 200, other)).rejects.toMatchObject(refused('HTTP 200'))
  }
  await expect(submit('changed', 200, { outcome: 'opened' })).rejects.toMatchObject(
    refused('opened'),
  )
  const slashed = { outcome: 'slashed', transaction: '0x12' }
  await expect(submit('opened', 200, slashed)).rejects.toMatchObject({
    code: 'web/ticket-used-twice',
  })
})

test('a ticket that was submitted before is as good, and change never is', async () => {
  const used = { code: 'payments/ticket-used', message: 'Used.' }
  await submit('opened', 409, used)
  await expect(submit('changed', 409, used)).rejects.toMatchObject(refused('ticket-used'))
  const aside = { code: 'payments/refused', message: 'No payments/ticket-used.' }
  await expect(submit('opened', 409, aside)).rejects.toMatchObject(refused('HTTP 409'))
  await expect(submit('opened', 502, '<p>payments/ticket-used')).rejects.toMatchObject(
    refused('502'),
  )
})
