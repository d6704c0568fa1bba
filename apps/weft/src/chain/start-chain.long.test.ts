import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { tokenAbi } from '@weft/contracts'
import { networksSchema } from '@weft/contracts/networks'
import { createPublicClient, http, parseEther } from 'viem'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LocalChain, startChain } from './start-chain.ts'

const someone = '0x1111111111111111111111111111111111111111'

let stateFolder: string
let said: string[]
const closers: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'weft-chain-'))
  said = []
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  await rm(stateFolder, { recursive: true })
})

async function start(): Promise<LocalChain & { url: string }> {
  const stopping = new AbortController()
  const say = (sentence: string) => said.push(sentence)
  const chain = await startChain({ stateFolder, stopping: stopping.signal, say })
  const server: Server = createServer((request, response) =>
    chain.middleware(request, response, () => response.writeHead(404).end()),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = async () => {
    stopping.abort()
    server.close()
    await chain.stop()
  }
  closers.push(stop)
  return { ...chain, stop, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function ask(url: string, headers: Record<string, string> = {}): Promise<number> {
  const body = JSON.stringify({ address: someone })
  const json = { 'Content-Type': 'application/json' }
  return fetch(`${url}/faucet`, { method: 'POST', body, headers: { ...json, ...headers } }).then(
    ({ status }) => status,
  )
}

async function moneyOfSomeone({ url, network }: LocalChain & { url: string }) {
  const reader = createPublicClient({ transport: http(`${url}/chain`, { retryCount: 0 }) })
  const address = network().contracts?.token ?? someone
  const wallet = { address, abi: tokenAbi, functionName: 'balanceOf', args: [someone] } as const
  return Promise.all([reader.getBalance({ address: someone }), reader.readContract(wallet)])
}

test('deployed once, money given and kept, and up again after a kill, of its guard too', async () => {
  const first = await start()
  expect(first.isNew).toBe(true)
  expect(networksSchema.parse([first.network()])).toEqual([first.network()])
  expect(await ask(first.url)).toBe(200)
  const given = [parseEther('1'), parseEther('100')]
  expect(await moneyOfSomeone(first)).toEqual(given)
  await first.stop()

  const second = await start()
  expect(second.isNew).toBe(false)
  expect(second.network()).toEqual(first.network())
  expect(await moneyOfSomeone(second)).toEqual(given)

  process.kill(second.pid() ?? 0, 'SIGKILL')
  await expect(moneyOfSomeone(second)).rejects.toThrow()
  await expect.poll(() => said, { timeout: 10_000 }).toHaveLength(1)
  expect(said[0]).toContain('is up again')
  expect(await moneyOfSomeone(second)).toEqual(given)

  const anvil = second.pid() ?? 0
  const { stdout: guard } = await promisify(execFile)('ps', ['-o', 'ppid=', '-p', `${anvil}`])
  process.kill(Number(guard), 'SIGKILL')
  await expect.poll(() => said, { timeout: 10_000 }).toHaveLength(2)
  // On its port again, which anvil without its guard does not hold.
  expect(said[1]).toContain('is up again')
  expect(await moneyOfSomeone(second)).toEqual(given)
})

test('a state that cannot be read is laid aside, and said', async () => {
  await writeFile(join(stateFolder, 'chain.json'), '{"block":')
  const chain = await start()
  expect(chain.isNew).toBe(true)
  expect(said[0]).toContain('begins anew')
  expect(await readdir(stateFolder)).toContain('chain.json.unreadable')
})

test('the faucet gives to pages of this machine, and not twice', async () => {
  const { url } = await start()
  expect(await ask(url, { Origin: 'https://elsewhere.example' })).toBe(403)
  expect(await ask(url, { 'Content-Type': 'text/plain' })).toBe(403)
  expect(await ask(url, { Origin: url })).toBe(200)
  expect(await ask(url, { Origin: url })).toBe(429)
})
