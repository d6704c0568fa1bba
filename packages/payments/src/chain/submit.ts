/**
 * Numbers of transactions: a wallet gives its own, a tab's key gets them here.
 * @module
 */
import type { Account, Hash } from 'viem'

type Sender = {
  wallet: { account: Account }
  chainId: number
}

/** By key and chain: what it has sent last. Never rejects. */
const last = new Map<string, Promise<unknown>>()

/**
 * Hands a transaction to the network. Of one key one after the other: what has a number is with the network before the
 * next one gets its own. Else the first two of a new key would both be number 0, and any that fails would make the count
 * begin anew beside one that is on its way.
 * @param hand - gives it its number, signs and sends it, within the time limits of its transport
 */
export function submit(sender: Sender, hand: () => Promise<Hash>): Promise<Hash> {
  const { account } = sender.wallet
  if (account.type !== 'local') return hand()
  const key = `${sender.chainId} ${account.address}`
  const handed = (last.get(key) ?? Promise.resolve()).then(hand)
  const over = handed.catch(() => countAgain(sender))
  last.set(key, over)
  return handed
}

/** A number that was given to what never came into a block would leave a gap, and all after it would wait. */
export function countAgain({ wallet: { account }, chainId }: Sender): void {
  account.nonceManager?.reset({ address: account.address, chainId })
}
