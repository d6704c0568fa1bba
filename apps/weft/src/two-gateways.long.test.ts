/**
 * Two gateways of one deployment: a wallet lets each spend, a real node is paid by both, and a real Redis holds what
 * their customers may spend together, whatever becomes of a process.
 * @module
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasRedis, startRedis } from '@weft/gateway/testing/redis'
import { startDevelopmentChain } from '@weft/payments/testing'
import { createNode, type WeftNode } from '@weft/sdk'
import { generatePrivateKey } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveModels } from './commands/models-server.ts'
import { killAll, weft } from './testing/weft-process.ts'

const perToken = 10n ** 12n
const price = { inputWeiPerMillion: 0n, outputWeiPerMillion: perToken * 1_000_000n }
const requestMs = 4_000
/** In the names of keys: a Redis that was named remembers what those of an earlier run have spent. */
const run = crypto.randomUUID().slice(0, 8)
/** Behind what a request may last and five seconds, and half of that at most. */
const freeAgainMs = 1.5 * (requestMs + 5_000)

describe.runIf(hasRedis)('two gateways', () => {
  const ends: (() => unknown)[] = []
  let gateways: { url: string; kill(): void }[]
  let node: WeftNode
  /** API keys by name. */
  const keys: Record<string, string> = {}

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'weft-two-'))
    const at = (name: string) => join(folder, name)
    ends.push(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }), killAll)
    const relay = weft('relay', '--port', '0', '--http-port', '0', '--key-file', at('relay-key'))
    const [chain, redis, models] = await Promise.all([
      startDevelopmentChain(),
      startRedis(),
      serveModels(),
    ])
    ends.push(() => chain.stop(), redis.stop, models.stop)

    const made = ['racing', 'rated', 'killed'].map(async (name) => {
      const { said, exit } = weft('gateway', 'key', `${name}-${run}`)
      await exit
      const [key = ''] = said.out.split('\n')
      keys[name] = key
      return JSON.parse(said.out.slice(said.out.indexOf('{')))
    })
    const [racing, rated, killed] = await Promise.all(made)
    const privateKey = generatePrivateKey()
    const wallet = await chain.createWallet({ privateKey })
    const { token, channels } = chain.deployment
    const config = {
      keys: [
        { ...racing, budgetWeiPerDay: `${4n * 16n * perToken}` },
        { ...rated, requestsPerMinute: 20 },
        { ...killed, budgetWeiPerDay: `${4n * 400n * perToken}` },
      ],
      maxPrice: { inputWeiPerMillion: '0', outputWeiPerMillion: `${price.outputWeiPerMillion}` },
      chain: { chainId: chain.chainId, rpcUrl: chain.url, token, channels },
      funding: { payer: wallet.address },
      requestMs,
    }
    await writeFile(at('gateway.json'), JSON.stringify(config))
    await writeFile(at('wallet-key'), privateKey)
    const { address } = await relay.ready()
    node = await createNode({
      relays: [address ?? ''],
      modelsUrl: models.url,
      channels: chain.channels,
      roles: { serve: { model: 'weft/bobbin-2m', price, maxJobs: 16 } },
    })
    ends.push(() => node.close())

    const placeOf = (index: number) => [
      ...['--config', at('gateway.json')],
      ...['--state', at(`gateway-${index}`)],
    ]
    for (const index of [0, 1]) {
      const from = ['--wallet', at('wallet-key'), '--yes']
      const { exit, said } = weft('gateway', 'fund', '1', ...from, ...placeOf(index))
      expect(await exit, said.error).toBe(0)
    }
    const started = [0, 1].map(async (index) => {
      const network = ['--relay', address ?? '', '--models', models.url, '--redis', redis.url]
      const process = weft(
        'gateway',
        '--port',
        '0',
        '--ops-port',
        '0',
        ...placeOf(index),
        ...network,
      )
      const { url = '' } = await process.ready()
      return { url, kill: () => void process.child.kill('SIGKILL') }
    })
    gateways = await Promise.all(started)
  }, 60_000)
  afterAll(async () => {
    for (const end of ends.reverse()) await end()
  })

  function ask(gateway: number, key: string, body: object): Promise<Response> {
    return fetch(`${gateways[gateway]?.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${keys[key]}` },
      body: JSON.stringify({
        model: 'weft/bobbin-2m',
        messages: [{ role: 'user', content: 'Tell me a story about a fox.' }],
        ...body,
      }),
    })
  }

  /** Fifty at once, by turns of one and of the other. @returns how many ended with which status */
  async function race(request: (gateway: number) => Promise<Response>) {
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const response = await request(index % 2)
        return { status: response.status, text: await response.text() }
      }),
    )
    const of = (status: number) => answers.filter((answer) => answer.status === status)
    return { answers, of }
  }

  test('of fifty requests that race, the budget of their key pays four, and a node gets just that', async () => {
    const { of, answers } = await race((gateway) => ask(gateway, 'racing', { max_tokens: 16 }))
    expect(answers.map(({ status }) => status).sort()).toEqual(
      Array.from({ length: 50 }, (_, index) => (index < 4 ? 200 : 429)),
    )
    for (const { text } of of(429)) expect(text).toContain('"insufficient_quota"')
    const costs = of(200).map(({ text }) => BigInt(JSON.parse(text).weft.cost_wei))
    expect(costs).toEqual(Array.from({ length: 4 }, () => 16n * perToken))
    // Vouchers of both gateways, by what a wallet lets each of them spend.
    const earned = () => node.tab.purse.earnings.get()?.earnedWei
    await expect.poll(earned, { timeout: 5_000 }).toBe(64n * perToken)
    for (const gateway of [0, 1]) {
      expect((await ask(gateway, 'racing', { max_tokens: 1 })).status).toBe(429)
    }
  }, 30_000)

  test('twenty requests a minute are twenty at both together', async () => {
    const list = (gateway: number) =>
      fetch(`${gateways[gateway]?.url}/v1/models`, {
        headers: { authorization: `Bearer ${keys.rated}` },
      })
    const minute = () => Math.floor(Date.now() / 60_000)
    for (;;) {
      const before = minute()
      const { of } = await race(list)
      // Half of them in the next minute would be forty.
      if (minute() !== before) continue
      expect([of(200).length, of(429).length]).toEqual([20, 30])
      return
    }
  })

  test('what a process had reserved that is killed in mid-answer comes free again', async () => {
    const [first, ...others] = Array.from({ length: 4 }, () =>
      ask(1, 'killed', { max_tokens: 400, stream: true }),
    )
    const cut = others.map((asked) => asked.then((response) => response.text()))
    for (const each of cut) each.catch(() => {})
    const reader = (await first)?.body?.getReader()
    await reader?.read()
    gateways[1]?.kill()
    const lost = await Promise.allSettled(cut)
    expect(lost.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(1)

    const more = async () => (await ask(0, 'killed', { max_tokens: 1_000 })).status
    expect(await more()).toBe(429)
    const soon = { timeout: 2 * freeAgainMs, interval: 500 }
    await expect.poll(more, soon).toBe(200)
  }, 45_000)
})
