/**
 * Gives money of a development chain, which is worth nothing, to whoever on this machine asks.
 * @module
 */
import { tokenAbi } from '@weft/contracts'
import type { Clients } from '@weft/contracts/deploy'
import { type Address, parseEther } from 'viem'

export type Faucet = {
  /**
   * Sends coins for fees and tokens, and waits until they are there.
   * @returns false where this address, or everybody together, has asked too often
   */
  give(to: Address): Promise<boolean>
}

const gasWei = parseEther('1')
const tokensWei = parseEther('100')
/** So that a page which asks in a loop gets no further than its first minute. */
const perAddressMs = 60_000
const maxPerMinute = 30

export function createFaucet(clients: () => { clients: Clients; token: Address }): Faucet {
  const given: { to: Address; atMs: number }[] = []
  let sending: Promise<unknown> = Promise.resolve()

  /** One after the other: their transactions share an account, and so its nonces. */
  function inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = sending.then(action)
    sending = result.catch(() => {})
    return result
  }

  return {
    async give(to) {
      const nowMs = Date.now()
      while (given[0] && given[0].atMs < nowMs - perAddressMs) given.shift()
      if (given.length >= maxPerMinute || given.some((each) => each.to === to)) return false
      const asked = { to, atMs: nowMs }
      given.push(asked)
      try {
        await inTurn(() => send(clients(), to))
      } catch (error) {
        given.splice(given.indexOf(asked), 1) // Nothing was given.
        throw error
      }
      return true
    },
  }
}

async function send(
  { clients, token }: { clients: Clients; token: Address },
  to: Address,
): Promise<void> {
  const { wallet, reader } = clients
  const coins = await wallet.sendTransaction({ to, value: gasWei })
  const tokens = await wallet.writeContract({
    address: token,
    abi: tokenAbi,
    functionName: 'transfer',
    args: [to, tokensWei],
  })
  for (const hash of [coins, tokens]) {
    const { status } = await reader.waitForTransactionReceipt({ hash, checkReplacement: false })
    if (status !== 'success') throw new Error(`The transfer ${hash} failed.`)
  }
}
