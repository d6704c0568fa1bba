import { tokenAbi } from '@weft/contracts'
import { type Hex, WeftError } from '@weft/protocol'
import {
  createPublicClient,
  createWalletClient,
  custom,
  encodeFunctionData,
  type Hash,
  http,
  nonceManager,
  parseEther,
  parseGwei,
} from 'viem'
import { foundry } from 'viem/chains'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DevelopmentChain, startDevelopmentChain } from '../testing/development-chain.ts'
import { createChannelsReader } from './channels-reader.ts'
import { createChannelsWallet } from './channels-wallet.ts'
import { send } from './send.ts'

let chain: DevelopmentChain

beforeAll(async () => {
  chain = await startDevelopmentChain()
})
afterAll(() => chain.stop())

const nowhere: Hex = `0x${'0'.repeat(39)}1`

async function failure(work: Promise<unknown>): Promise<WeftError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!WeftError.is(error)) throw new Error('This did not fail as it should.', { cause: error })
  // A sentence of what happened, and a way on.
  expect(error.message).toMatch(/^[A-Z].*[.;:] ?.*\.$/)
  return error
}

const codeOf = async (work: Promise<unknown>) => (await failure(work)).code

/** A transfer that a wallet sends, so that what becomes of it can be seen in its balance. */
function transfer(
  wallet: Awaited<ReturnType<DevelopmentChain['createWallet']>>,
  wei: bigint,
  { confirmations = 1, timeoutMs }: { confirmations?: number; timeoutMs: number },
) {
  const sent = Promise.withResolvers<Hash>()
  const call = { address: chain.deployment.token, abi: tokenAbi, functionName: 'transfer' }
  const done = send(
    wallet.clients,
    { ...call, args: [nowhere, wei] },
    { onSent: sent.resolve, confirmations, timeoutMs },
  )
  done.catch(() => {})
  return { done, sent: sent.promise }
}

async function withoutMining<Result>(work: () => Promise<Result>): Promise<Result> {
  await chain.control.setAutomine(false)
  try {
    return await work()
  } finally {
    await chain.control.setAutomine(true)
    await chain.control.mine({ blocks: 1 })
  }
}

test('no more is paid than was shown, though fees rise while somebody reads it', async () => {
  const { clients } = await chain.createWallet({ tokens: 9n })
  const call = { address: chain.deployment.token, abi: tokenAbi, functionName: 'transfer' }
  const pay = (onEstimate: (feeWei: bigint) => Promise<void>) =>
    send(clients, { ...call, args: [nowhere, 1n] }, { onEstimate, onSent: () => (sent += 1) })
  const baseFee = async (gwei: string) => {
    await chain.control.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei(gwei) })
    await chain.control.mine({ blocks: 1 })
  }
  let sent = 0
  let shown = 0n
  expect(await codeOf(pay(() => baseFee('900')))).toBe('payments/chain-failed')
  expect(sent).toBe(0)
  await baseFee('1')
  const receipt = await pay(async (feeWei) => {
    shown = feeWei
    await baseFee('1.01')
  })
  const { gas, maxFeePerGas = 0n } = await chain.reader.getTransaction({
    hash: receipt.transactionHash,
  })
  expect(gas * maxFeePerGas).toBeLessThanOrEqual(shown)
})

test('another network: nothing is signed', async () => {
  const { clients } = await chain.createWallet()
  const wallet = createChannelsWallet({ ...clients, chainId: 8_453 })
  const error = await failure(wallet.withdraw(nowhere, 1n))
  expect(error.code).toBe('payments/wrong-network')
  expect(error.facts).toEqual(['Expected: chain 8453', 'The wallet is on: chain 31337'])
})

test('no coin for the fee: the wallet is not asked', async () => {
  const wallet = await chain.createWallet({ ether: 1n })
  expect(await codeOf(wallet.revoke({ salt: `0x${'0'.repeat(64)}`, signer: nowhere }))).toBe(
    'payments/refused',
  )
  const call = { address: chain.deployment.token, abi: tokenAbi, functionName: 'transfer' }
  expect(await codeOf(send(wallet.clients, { ...call, args: [nowhere, 1n] }))).toBe(
    'payments/no-gas',
  )
})

test('a person who declines, at the signature and at the transaction', async () => {
  const { account, clients } = await chain.createWallet()
  const asked: string[] = []
  /** An injected wallet whose owner says no. */
  const provider = {
    async request({ method, params }: { method: string; params?: unknown }) {
      asked.push(method)
      if (/sendTransaction|signTypedData/.test(method)) {
        throw Object.assign(new Error('User rejected the request.'), { code: 4001 })
      }
      return chain.reader.request({ method, params } as never)
    },
  }
  const injected = createWalletClient({
    account: account.address,
    chain: foundry,
    transport: custom(provider),
  })
  const wallet = createChannelsWallet({ ...clients, wallet: injected })
  expect(await codeOf(wallet.deposit(1n))).toBe('payments/rejected')
  const call = { address: chain.deployment.token, abi: tokenAbi, functionName: 'transfer' }
  const refused = send({ ...clients, wallet: injected }, { ...call, args: [nowhere, 1n] })
  expect(await codeOf(refused)).toBe('payments/rejected')
  expect(asked.filter((method) => /send|sign/.test(method))).toEqual([
    'eth_signTypedData_v4',
    'eth_sendTransaction',
  ])
})

test('what a contract refuses is said in words, before the wallet asks', async () => {
  const wallet = await chain.createWallet({ tokens: parseEther('1') })
  const authorization = {
    salt: `0x${'0'.repeat(64)}` as const,
    signer: nowhere,
    expiry: 2_000_000_000,
  }
  const poor = await failure(wallet.open({ ...authorization, capWei: parseEther('2') }))
  expect(poor.message).toBe('This takes 2.2 WEFT, and the wallet has 1 WEFT.')
  const empty = await failure(wallet.withdraw(nowhere, 5n))
  expect(empty.message).toContain('is in the deposit. Deposit the rest first.')
  const past = await failure(wallet.open({ ...authorization, capWei: 1n, expiry: 1 }))
  expect(past.message).toContain('The time must end later than')
})

test('an RPC server that does not answer, and one without the contracts', async () => {
  const { clients } = await chain.createWallet()
  const gone = http('http://127.0.0.1:9', { retryCount: 0 })
  const reader = createPublicClient({ chain: foundry, transport: gone })
  const { chainId, deployment } = chain
  expect(await codeOf(createChannelsReader({ reader, chainId, deployment }))).toBe(
    'payments/chain-lost',
  )
  const lost = createWalletClient({
    account: clients.wallet.account,
    chain: foundry,
    transport: gone,
  })
  const wallet = createChannelsWallet({ ...clients, reader, wallet: lost })
  expect(await codeOf(wallet.withdraw(nowhere, 1n))).toBe('payments/chain-lost')
  const elsewhere = { ...deployment, channels: nowhere }
  const other = createChannelsReader({ reader: chain.reader, chainId, deployment: elsewhere })
  expect(await codeOf(other)).toBe('payments/not-deployed')
})

test.each([
  { name: 'by the same with a higher fee', what: 'same', code: undefined },
  { name: 'by another', what: 'other', code: 'payments/replaced' },
  { name: 'by nothing: cancelled', what: 'nothing', code: 'payments/cancelled' },
] as const)('a transaction that its wallet replaces $name', async ({ what, code }) => {
  const wei = 77n
  const wallet = await chain.createWallet()
  const { done } = await withoutMining(async () => {
    const looked = Promise.withResolvers<void>()
    const transport = http(chain.url, {
      onFetchRequest: (_request, { body }) => {
        if (`${body}`.includes('eth_getTransactionByHash')) looked.resolve()
      },
    })
    const reader = createPublicClient({ chain: foundry, transport, pollingInterval: 20 })
    const watching = { ...wallet, clients: { ...wallet.clients, reader } }
    const transferred = transfer(watching, wei, { timeoutMs: 20_000 })
    const hash = await transferred.sent
    // What is gone before anybody has seen it can only be missed.
    await looked.promise
    await new Promise((resolve) => setTimeout(resolve, 50))
    const { nonce } = await chain.reader.getTransaction({ hash })
    const { account, clients } = wallet
    const data = (amount: bigint) =>
      encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [nowhere, amount] })
    const token = chain.deployment.token
    const replacement = {
      same: { to: token, data: data(wei) },
      other: { to: token, data: data(1n) },
      nothing: { to: account.address, value: 0n },
    }[what]
    const fees = { maxFeePerGas: parseGwei('90'), maxPriorityFeePerGas: parseGwei('50') }
    await clients.wallet.sendTransaction({ ...replacement, ...fees, nonce, gas: 200_000n })
    return { done: transferred.done }
  })
  if (code) expect(await codeOf(done)).toBe(code)
  else expect((await done).status).toBe('success')
  const { walletWei } = await chain.channels.readAccount(wallet.address)
  const spent = { same: wei, other: 1n, nothing: 0n }[what]
  expect(walletWei).toBe(parseEther('100') - spent)
})

test('a block that is taken back: what was in it is not believed', async () => {
  const wallet = await chain.createWallet()
  const { done, sent } = transfer(wallet, 5n, { confirmations: 3, timeoutMs: 1_500 })
  await chain.reader.waitForTransactionReceipt({ hash: await sent })
  await chain.control.request({ method: 'anvil_reorg', params: [1, []] } as never)
  await chain.control.mine({ blocks: 5 })
  expect(await codeOf(done)).toBe('payments/reorganised')
  const { walletWei } = await chain.channels.readAccount(wallet.address)
  expect(walletWei).toBe(parseEther('100'))
})

test('a key that counts its transactions goes on after one that was dropped', async () => {
  const wallet = await chain.createWallet()
  const counting = {
    ...wallet,
    clients: chain.clientsOf({ ...wallet.account, nonceManager }),
  }
  await withoutMining(async () => {
    const { done, sent } = transfer(counting, 5n, { timeoutMs: 1_000 })
    await chain.control.dropTransaction({ hash: await sent })
    expect(await codeOf(done)).toBe('payments/not-confirmed')
  })
  await transfer(counting, 7n, { timeoutMs: 5_000 }).done
  const { walletWei } = await chain.channels.readAccount(wallet.address)
  expect(walletWei).toBe(parseEther('100') - 7n)
})

test('a transaction that stays outside of every block is said to be on its way', async () => {
  const wallet = await chain.createWallet()
  await withoutMining(async () => {
    const { done } = transfer(wallet, 5n, { timeoutMs: 300 })
    expect(await codeOf(done)).toBe('payments/not-confirmed')
  })
})
