import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPayee, createPayer, creditPolicyFor } from '@weft/payments'
import { ChainInMemory, MemoryLedgers } from '@weft/payments/testing'
import {
  createPrivateKey,
  decode,
  encode,
  findWork,
  type GrantRequest,
  type GrantResponse,
  type GrantTask,
  grantRequestSchema,
  grantResponseSchema,
  peerIdFromPrivateKey,
  proveVisitor,
} from '@weft/protocol'
import { expect, test } from 'vitest'
import { parseConfig } from '../config.ts'
import { createMetrics } from '../metrics.ts'
import { openSqliteState } from '../state/sqlite-state.ts'
import { createGrantDesk } from './grant-desk.ts'
import { grantRoutes } from './grant-routes.ts'

const page = 'https://fox.example'
const frame = 'https://weft.example'
const capWei = 10n ** 15n

async function openDesk(app: object = {}) {
  const chain = new ChainInMemory()
  const { capWei: most, expiry } = chain.state
  const payer = await createPayer({
    privateKey: createPrivateKey(),
    funds: { ...chain.contract, channelId: `0x${'07'.repeat(32)}`, grant: null },
    limit: { capWei: most, expiry, committedWei: 0n },
    store: new MemoryLedgers(),
  })
  const { sponsor } = parseConfig({
    chain: { chainId: 31_337, rpcUrl: 'http://127.0.0.1', token: address(1), channels: address(2) },
    funding: { payer: address(3) },
    sponsor: {
      frameOrigins: [frame],
      apps: {
        'fox-blog': {
          origins: [page],
          capWei: `${capWei}`,
          budgetWeiPerDay: `${3n * capWei}`,
          workBits: 4,
          visitorsPerAddress: 2,
          ...app,
        },
      },
    },
  })
  if (!sponsor) throw new Error('It is configured.')
  const desk = createGrantDesk({
    config: sponsor,
    state: openSqliteState(':memory:'),
    secret: createPrivateKey(),
    sponsor: {
      grantedWei: (grantee) =>
        payer.spending().commitments.find(({ id }) => id === grantee)?.promisedWei ?? 0n,
      grant: async (init) => ({ ...payer.funds, grant: await payer.grant(init) }),
    },
  })
  let from = '10.0.0.1'
  const metrics = createMetrics()
  const routes = grantRoutes({ desk, config: sponsor, metrics, addressOf: () => from })
  async function ask(request: GrantRequest, origin: string | null = frame): Promise<GrantResponse> {
    const response = await routes.request('/', {
      method: 'POST',
      headers: { 'content-type': 'application/cbor', ...(origin === null ? {} : { origin }) },
      body: new Uint8Array(encode('request', grantRequestSchema, request)),
    })
    expect(response.status).toBe(200)
    const bytes = new Uint8Array(await response.arrayBuffer())
    return decode('answer', grantResponseSchema, bytes)
  }
  const comeFrom = (other: string) => {
    from = other
  }
  return { chain, payer, ask, routes, comeFrom }
}

const address = (digit: number) => `0x${`${digit}`.repeat(40)}` as const

function visitor() {
  const privateKey = createPrivateKey()
  const peerId = peerIdFromPrivateKey(privateKey)
  return { privateKey, peerId, request: { app: 'fox-blog', peerId, pageOrigin: page } }
}

async function prove(
  { privateKey, peerId, request }: ReturnType<typeof visitor>,
  task: GrantResponse,
  captcha: string | null = null,
): Promise<GrantRequest> {
  if (task.type !== 'task') throw new Error(`A task was expected: ${JSON.stringify(task)}`)
  const work = await findWork(task.work, peerId)
  return proveVisitor(request, task satisfies GrantTask, { work, captcha, privateKey })
}

type Desk = Awaited<ReturnType<typeof openDesk>>

async function visit({ ask }: Desk, who = visitor()) {
  return ask(await prove(who, await ask({ ...who.request, proof: null })))
}

const refusal = (code: string) => ({ type: 'refusal', error: { code: `grants/${code}` } })

test('a visitor works, is granted, and a node is paid by it', async () => {
  const desk = await openDesk()
  const who = visitor()
  const answer = await visit(desk, who)
  if (answer.type !== 'grant') throw new Error('A grant was expected.')
  const { funds } = answer
  expect(funds.grant).toMatchObject({ signer: desk.payer.address, capWei })
  const nodeKey = createPrivateKey()
  const payeePeerId = peerIdFromPrivateKey(nodeKey)
  const limit = { capWei: funds.grant.capWei, expiry: funds.grant.expiry, committedWei: 0n }
  const store = new MemoryLedgers<never>()
  const payer = await createPayer({ privateKey: who.privateKey, funds, limit, store })
  const modelCid = 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
  const price = { inputWeiPerMillion: 0n, outputWeiPerMillion: 10n ** 16n }
  const payee = await createPayee({
    peerId: payeePeerId,
    channels: desk.chain,
    store: new MemoryLedgers(),
  })
  const policy = creditPolicyFor(price)
  const job = { clientPeerId: who.peerId, modelCid, price, policy, funds }
  const paid = await payee.openJob({ ...job, voucher: null })
  const lane = payer.lane({ payeePeerId, modelCid })
  const { maxUnpaidWei } = paid
  const bill = await lane.begin({ price, inputTokens: 9, maxOutputTokens: 100, maxUnpaidWei })
  paid.start(9)
  paid.delivered(50)
  const voucher = await bill.finish(50)
  if (!voucher) throw new Error('Something is owed.')
  await paid.take(voucher)
  expect(payee.earnings()[0]?.voucher?.maxClaimableWei).toBe(5n * 10n ** 11n)
})

test('the same tab gets the same grant again on the same day, whatever its proof', async () => {
  const desk = await openDesk()
  const who = visitor()
  const first = await visit(desk, who)
  expect(await visit(desk, who)).toEqual(first)
  expect(desk.payer.spending().promisedWei).toBe(capWei)
})

test('a proof is of its visitor, once, and of work that was done', async () => {
  const desk = await openDesk()
  const { ask } = desk
  const who = visitor()
  const task = await ask({ ...who.request, proof: null })
  const proven = await prove(who, task)
  expect(await ask(proven)).toMatchObject({ type: 'grant' })
  expect(await ask(proven)).toMatchObject(refusal('proof'))
  // Of another tab, of another address, of nobody.
  const other = visitor()
  expect(await ask(await prove(other, task))).toMatchObject(refusal('proof'))
  const next = await prove(who, await ask({ ...who.request, proof: null }))
  desk.comeFrom('10.0.0.2')
  expect(await ask(next)).toMatchObject(refusal('proof'))
  const mine = await prove(who, await ask({ ...who.request, proof: null }))
  if (!mine.proof) throw new Error('It was made.')
  const forged = { ...mine, proof: { ...mine.proof, signature: new Uint8Array(64).fill(1) } }
  expect(await ask(forged)).toMatchObject({ error: { code: 'protocol/signature' } })
  const lazy = await openDesk({ workBits: 20 })
  const idle = await lazy.ask({ ...who.request, proof: null })
  if (idle.type !== 'task') throw new Error('A task was expected.')
  const done = { work: 0, captcha: null, privateKey: who.privateKey }
  expect(await lazy.ask(proveVisitor(who.request, idle, done))).toMatchObject(refusal('proof'))
})

test('pages that the app does not name get nothing, nor does who says nothing of its page', async () => {
  const { ask, routes } = await openDesk()
  const { request } = visitor()
  const task = { type: 'task' }
  expect(await ask({ ...request, proof: null }, page)).toMatchObject(task)
  const evil = 'https://evil.example'
  for (const [pageOrigin, origin] of [
    [evil, evil],
    [evil, frame],
    [page, evil],
    [page, null],
  ] as const) {
    const asked = { ...request, pageOrigin, proof: null }
    expect(await ask(asked, origin)).toMatchObject(refusal('origin'))
  }
  expect(await ask({ ...request, app: 'constructor', proof: null })).toMatchObject(
    refusal('unknown-app'),
  )
  const preflight = (origin: string) =>
    routes.request('/', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })
  expect((await preflight(frame)).headers.get('access-control-allow-origin')).toBe(frame)
  expect((await preflight(evil)).headers.get('access-control-allow-origin')).toBeNull()
})

test('one address has few tabs, and all visitors together no more than the day allows', async () => {
  const desk = await openDesk()
  for (let tabs = 0; tabs < 2; tabs += 1) expect(await visit(desk)).toMatchObject({ type: 'grant' })
  expect(await visit(desk)).toMatchObject(refusal('used-up'))
  desk.comeFrom('10.0.0.2')
  expect(await visit(desk)).toMatchObject({ type: 'grant' })
  expect(await visit(desk)).toMatchObject(refusal('used-up'))
  expect(desk.payer.spending().promisedWei).toBe(3n * capWei)
})

test('a key that has nothing left to grant says so, and takes nobody’s place', async () => {
  const huge = `${10n ** 27n}`
  const desk = await openDesk({ capWei: huge, budgetWeiPerDay: huge })
  const who = visitor()
  expect(await visit(desk, who)).toMatchObject({ error: { code: 'payments/over-cap' } })
  // Not `used-up`: what was taken of the day came back.
  expect(await visit(desk, who)).toMatchObject({ error: { code: 'payments/over-cap' } })
})

test('a captcha is asked for, and its server is believed', async () => {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    asked.push(body)
    response.end(JSON.stringify({ success: new URLSearchParams(body).get('response') === 'right' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const secretFile = join(tmpdir(), `weft-captcha-${port}`)
  await writeFile(secretFile, 'hush\n')
  const captcha = { siteKey: 'site', verifyUrl: `http://127.0.0.1:${port}/`, secretFile }
  const { ask } = await openDesk({ captcha })
  const who = visitor()
  const task = () => ask({ ...who.request, proof: null })
  expect(await task()).toMatchObject({ captchaSiteKey: 'site' })
  for (const wrong of ['wrong', null]) {
    expect(await ask(await prove(who, await task(), wrong))).toMatchObject(refusal('captcha'))
  }
  expect(await ask(await prove(who, await task(), 'right'))).toMatchObject({ type: 'grant' })
  expect(asked.at(-1)).toBe('secret=hush&response=right&remoteip=10.0.0.1')
  server.close()
})
