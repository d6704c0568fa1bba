/**
 * `weft gateway fund` on a real chain: what a wallet lets a gateway's key spend, and what comes back of it.
 * @module
 */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readKeyChannels } from '@weft/payments/chain'
import { startDevelopmentChain } from '@weft/payments/testing'
import type { Hex } from '@weft/protocol'
import { parseEther } from 'viem'
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseConfig } from '../config.ts'
import { fund } from './fund-command.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const walletKey = generatePrivateKey()
const payer = privateKeyToAddress(walletKey).toLowerCase() as Hex
let chain: Awaited<ReturnType<typeof startDevelopmentChain>>
let folder: string
let flags: string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-fund-'))
  chain = await startDevelopmentChain()
  await chain.createWallet({ tokens: parseEther('10'), privateKey: walletKey })
  await writeFile(join(folder, 'wallet.key'), `${walletKey}\n`)
  await configure({ payer })
  const at = (name: string) => join(folder, name)
  flags = ['--config', at('gateway.json'), '--state', at('state'), '--wallet', at('wallet.key')]
})
afterAll(async () => {
  await chain.stop()
  await rm(folder, { recursive: true })
})

async function configure(funding: object | null): Promise<void> {
  const { chainId, url: rpcUrl, deployment } = chain
  const { token, channels } = deployment
  const config = { chain: { chainId, rpcUrl, token, channels }, funding }
  await writeFile(join(folder, 'gateway.json'), JSON.stringify(config))
}

/** @returns what it says, a line each */
async function run(...args: string[]): Promise<string[]> {
  const lines: string[] = []
  await fund([...args, ...flags], (line) => lines.push(line))
  return lines
}

/** The command as a process, whose questions are answered by `answer`. */
async function runAsProcess(answer: string, ...args: string[]) {
  const child = spawn(process.execPath, [main, 'fund', ...args, ...flags])
  child.stdin.end(answer)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      said += data
    })
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, said }
}

/** The key that `fund` speaks of. */
async function gatewayKey(): Promise<Hex> {
  const lines = await run()
  return lines.map((line) => /^ +key +(0x\w{40})$/.exec(line)?.[1]).find(Boolean) as Hex
}

async function readAll() {
  const signer = await gatewayKey()
  const { timestamp } = await chain.reader.getBlock()
  const key = { payer, signer, nowMs: Number(timestamp) * 1_000 }
  const [channels, account] = await Promise.all([
    readKeyChannels(chain.channels, key),
    chain.channels.readAccount(payer),
  ])
  return { ...channels, ...account }
}

test('asks before it sends, and sends nothing unless it is told yes', async () => {
  for (const { code, said } of await Promise.all(
    ['n\n', ''].map((answer) => runAsProcess(answer, '2')),
  )) {
    expect(said).toContain('2.2 WEFT out of the wallet are locked')
    expect(said).toMatch(
      /Deposit it for a fee of about 0\.0\d+ of the chain's coin at most\? \[y\/N\]/,
    )
    expect(said).toContain('[gateway/declined]')
    expect(code).toBe(1)
  }
  expect(await readAll()).toMatchObject({ current: null, walletWei: parseEther('10') })
  expect((await runAsProcess('y\n', '2', '--days', '2')).code).toBe(0)
  const { current, walletWei } = await readAll()
  expect(current?.collateral.capWei).toBe(parseEther('2'))
  expect(walletWei).toBe(parseEther('7.8'))
}, 30_000)

test('raises what it may spend, says what is left, takes it back, and goes on in another channel', async () => {
  const raised = await run('0.5', '--yes')
  expect(raised.join('\n')).toContain('2.5 WEFT in all until')
  expect(raised.join('\n')).toContain('2.5 WEFT of it not paid out yet')
  const { current } = await readAll()
  const { timestamp } = await chain.reader.getBlock()
  const daysLeft = ((current?.collateral.expiry ?? 0) - Number(timestamp)) / 86_400
  expect(Math.round(daysLeft)).toBe(30)

  const ended = await run('--withdraw', '--yes')
  expect(ended.join('\n')).toMatch(/may spend +nothing/)
  expect(ended.join('\n')).toMatch(/comes back +2\.75 WEFT at most, from /)
  expect(await run('--withdraw', '--yes')).toContain('There is nothing to take back now.')
  expect((await readAll()).walletWei).toBe(parseEther('7.25'))

  // What is still locked hinders nobody from going on.
  await run('1', '--yes')
  expect((await readAll()).current?.salt).not.toBe(current?.salt)

  await chain.control.increaseTime({ seconds: 2 * chain.channels.withdrawDelay + 2 })
  await chain.control.mine({ blocks: 1 })
  await run('--withdraw', '--yes')
  const { walletWei, depositWei } = await readAll()
  expect([walletWei, depositWei]).toEqual([parseEther('10') - parseEther('1.1'), 0n])
})

test('a wallet that has too little, another wallet, and no wallet are told, and nothing is sent', async () => {
  await expect(run('1000', '--yes')).rejects.toMatchObject({ code: 'gateway/fund' })
  await configure({ payer: `0x${'11'.repeat(20)}` })
  await expect(run('1', '--yes')).rejects.toMatchObject({ code: 'gateway/wrong-wallet' })
  await configure(null)
  const elsewhere = ['--config', join(folder, 'gateway.json'), '--state', join(folder, 'nobody')]
  await expect(fund(elsewhere, () => {})).rejects.toMatchObject({ code: 'gateway/state' })
  expect((await run('0.1', '--yes')).at(-1)).toContain(`"funding": { "payer": "${payer}" }`)
  const withoutWallet = flags.slice(0, -2)
  await expect(fund(['1', ...withoutWallet], () => {})).rejects.toThrow('WEFT_WALLET_KEY')
})

test('where there is no configuration it says what to write, for the chain beside it as that is', async () => {
  const bare = ['--state', join(folder, 'start', 'gateway')]
  await expect(fund(bare, () => {})).rejects.toThrow('"rpcUrl": "https://…"')
  const { token, channels } = chain.deployment
  await mkdir(join(folder, 'start', 'chain'), { recursive: true })
  const kept = JSON.stringify({ contracts: { token, channels } })
  await writeFile(join(folder, 'start', 'chain', 'contracts.json'), kept)
  const { message } = await fund(bare, () => {}).catch((error) => error)
  const written = message.slice(message.indexOf('{'))
  expect(parseConfig(JSON.parse(written)).chain).toMatchObject({ token, channels })
})

test('flags that are wrong are said so', async () => {
  for (const args of [['-1'], ['0'], ['2', '3'], ['2', '--withdraw'], ['2', '--days', '0']]) {
    await expect(run(...args)).rejects.toMatchObject({ code: 'gateway/options' })
  }
})
