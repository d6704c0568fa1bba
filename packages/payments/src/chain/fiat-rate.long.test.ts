import { foundry } from 'viem/chains'
import { afterAll, expect, test } from 'vitest'
import { feedBytecode, startDevelopmentChain } from '../testing/index.ts'
import { readFiatRate } from './fiat-rate.ts'

const chain = await startDevelopmentChain()
afterAll(() => chain.stop())
const { wallet } = chain.clientsOf(chain.deployer)
const nowMs = 1_900_000_000_000
const fresh = { answer: 41_250_000n, decimals: 8, updatedAt: nowMs / 1000 - 60 }

async function read(said: Partial<typeof fresh>) {
  const hash = await wallet.deployContract({
    abi: [],
    bytecode: feedBytecode({ ...fresh, ...said }),
    account: chain.deployer,
    chain: foundry,
  })
  const { contractAddress: address } = await chain.reader.waitForTransactionReceipt({ hash })
  if (!address) throw new Error('The feed was not deployed.')
  return readFiatRate(chain.reader, { address, currency: 'USD', heartbeatSeconds: 3_600 }, nowMs)
}

test('a feed says what the token is worth', async () => {
  expect(await read({})).toEqual({ currency: 'USD', answer: 41_250_000n, decimals: 8 })
})

test('what is old, from the future, or no price is not shown', async () => {
  expect(await read({ updatedAt: nowMs / 1000 - 7_201 })).toBeNull()
  expect(await read({ updatedAt: nowMs / 1000 + 601 })).toBeNull()
  expect(await read({ answer: 0n })).toBeNull()
  expect(await read({ answer: -5n })).toBeNull()
  expect(await read({ decimals: 77 })).toBeNull()
})

test('where there is no feed, or no chain, it says so', async () => {
  const { token: address } = chain.deployment
  const feed = { address, currency: 'USD', heartbeatSeconds: 3_600 }
  await expect(readFiatRate(chain.reader, feed, nowMs)).rejects.toMatchObject({
    code: expect.stringMatching(/^payments\//),
  })
})
