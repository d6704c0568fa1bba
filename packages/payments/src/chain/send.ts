/**
 * One transaction, from asking the wallet to a block that stays.
 * @module
 */
import { pause } from '@weft/protocol'
import type {
  Abi,
  Account,
  Address,
  Chain,
  Hash,
  PublicClient,
  ReplacementReason,
  TransactionReceipt,
  Transport,
  WalletClient,
} from 'viem'
import {
  cancelledByWallet,
  chainError,
  isNotFound,
  isTooLate,
  noGas,
  reorganised,
  replaced,
  reverted,
  wrongNetwork,
} from './chain-errors.ts'
import { countAgain, submit } from './submit.ts'

/** Who reads one chain, and whose wallet sends. viem's, or wagmi's, whose clients are viem's. */
export type ChainClients = {
  reader: PublicClient
  wallet: WalletClient<Transport, Chain | undefined, Account>
  chainId: number
}

/** A call of a contract. `send` types nothing: who calls it does, by viem's types of the ABI. */
export type Call = {
  address: Address
  abi: Abi
  functionName: string
  args: readonly unknown[]
  /** What it may take by the time it is in a block, where that can be much more than now. */
  leastGas?: bigint
}

export type SendOptions = {
  /**
   * What it takes at most, in wei of the chain's own coin, before anything is sent; what this throws stops it. Who is
   * told pays no more than that: the network refuses it where fees have risen above it meanwhile.
   */
  onEstimate?: (feeWei: bigint) => Promise<void> | void
  /** The transaction is with the network: from now on it can happen, whatever becomes of this page. */
  onSent?: (hash: Hash) => void
  /** Blocks, its own included, before it counts as staying. */
  confirmations?: number
  /** For all of that, in milliseconds. */
  timeoutMs?: number
}

/** A minute is five blocks of the slowest chain that is meant; two for a wallet whose fee was low. */
const defaultTimeoutMs = 120_000
/** For a receipt, beside who watches the blocks. */
const lookEveryMs = 2_000

/**
 * Sends a transaction and waits until it is in a block that stays.
 * @throws WeftError `payments/wrong-network`, `no-gas`, `rejected`, `refused` (nothing was sent);
 *   `replaced`, `cancelled`, `reverted`, `reorganised`, `not-confirmed`, `chain-lost` (perhaps after it was)
 */
export async function send(
  clients: ChainClients,
  call: Call,
  { onEstimate, onSent, confirmations = 1, timeoutMs = defaultTimeoutMs }: SendOptions = {},
): Promise<TransactionReceipt> {
  try {
    await checkNetwork(clients)
    const { gas, feeWei, fees } = await estimate(clients, call)
    await onEstimate?.(feeWei)
    const { wallet } = clients
    const { account } = wallet
    const { leastGas: _, ...written } = call
    const hash = await submit(clients, () =>
      wallet.writeContract({ ...written, ...(onEstimate && fees), gas, account, chain: null }),
    )
    onSent?.(hash)
    return await whenIncluded(clients, hash, { confirmations, timeoutMs })
  } catch (error) {
    throw chainError(error)
  }
}

/** What the call that sends coins takes on every chain of this kind. */
const transferGas = 21_000n

/** Sends the chain's own coin, in wei. @throws WeftError as `send` */
export async function sendCoins(
  clients: ChainClients,
  { to, wei }: { to: Address; wei: bigint },
  { onEstimate, onSent, confirmations = 1, timeoutMs = defaultTimeoutMs }: SendOptions = {},
): Promise<TransactionReceipt> {
  try {
    await checkNetwork(clients)
    const { wallet } = clients
    const { neededWei, fees } = await checkBalance(clients, { gas: transferGas, wei })
    await onEstimate?.(neededWei - wei)
    const account = wallet.account
    const hash = await submit(clients, () =>
      wallet.sendTransaction({
        ...(onEstimate && { ...fees, gas: transferGas }),
        to,
        value: wei,
        account,
        chain: null,
      }),
    )
    onSent?.(hash)
    return await whenIncluded(clients, hash, { confirmations, timeoutMs })
  } catch (error) {
    throw chainError(error)
  }
}

/** The wallet may have been switched since it was connected. */
export async function checkNetwork({ wallet, chainId }: ChainClients): Promise<void> {
  const actual = await wallet.getChainId()
  if (actual !== chainId) throw wrongNetwork(chainId, actual)
}

/** For each gas, in wei. */
type Fees = { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint }

/** Says what would be refused, and whether the fee is there, before the wallet asks anybody anything. */
async function estimate(
  clients: ChainClients,
  { leastGas = 0n, ...call }: Call,
): Promise<{ gas: bigint; feeWei: bigint; fees: Fees }> {
  const { account } = clients.wallet
  const now = await clients.reader.estimateContractGas({ ...call, account })
  const gas = now > leastGas ? now : leastGas
  const { neededWei: feeWei, fees } = await checkBalance(clients, { gas, wei: 0n })
  // What it takes may grow a little until it is included: a slot that is written for the first time.
  return { gas: gas + gas / 5n, feeWei: feeWei + feeWei / 5n, fees }
}

/** @param wei - what is sent beside the fee. @returns the fee and that, at most */
async function checkBalance(
  { reader, wallet }: ChainClients,
  { gas, wei }: { gas: bigint; wei: bigint },
): Promise<{ neededWei: bigint; fees: Fees }> {
  const [{ maxFeePerGas, maxPriorityFeePerGas }, balance] = await Promise.all([
    reader.estimateFeesPerGas(),
    reader.getBalance({ address: wallet.account.address }),
  ])
  const neededWei = gas * maxFeePerGas + wei
  if (balance < neededWei) throw noGas(`It takes ${neededWei} wei, the wallet has ${balance} wei.`)
  return { neededWei, fees: { maxFeePerGas, maxPriorityFeePerGas } }
}

async function whenIncluded(
  clients: ChainClients,
  hash: Hash,
  { confirmations, timeoutMs }: { confirmations: number; timeoutMs: number },
): Promise<TransactionReceipt> {
  const { reader } = clients
  const endMs = Date.now() + timeoutMs
  let wasIncluded = false
  for (;;) {
    const leftMs = endMs - Date.now()
    if (leftMs <= 0) throw reorganised(hash)
    const wait = waitForReceipt(reader, hash, { confirmations, timeoutMs: leftMs })
    const receipt = await wait.catch((error) => {
      countAgain(clients)
      throw wasIncluded && isTooLate(error) ? reorganised(hash) : error
    })
    wasIncluded = true
    // A receipt that was seen once says nothing about where the chain went on.
    const now = await receiptNow(reader, receipt.transactionHash)
    if (now?.blockHash !== receipt.blockHash) continue
    if (now.status === 'reverted') throw reverted(now.transactionHash)
    return now
  }
}

type Waiting = { confirmations: number; timeoutMs: number }

/**
 * viem loses a block that comes while it looks for a replacement in the one before, and waits for the next: where
 * blocks come with transactions alone, for ever. So the receipt is looked for beside it.
 */
async function waitForReceipt(
  reader: PublicClient,
  hash: Hash,
  waiting: Waiting,
): Promise<TransactionReceipt> {
  const over = new AbortController()
  try {
    const watched = watchReceipt(reader, hash, waiting)
    return await Promise.race([watched, lookForReceipt(reader, hash, waiting, over.signal)])
  } finally {
    over.abort()
  }
}

/** Never rejects, and never ends where there is none: who watches says why. */
async function lookForReceipt(
  reader: PublicClient,
  hash: Hash,
  { confirmations }: Waiting,
  signal: AbortSignal,
): Promise<TransactionReceipt> {
  for (;;) {
    await pause(lookEveryMs, signal)
    if (signal.aborted) return new Promise(() => {})
    const receipt = await receiptNow(reader, hash).catch(() => undefined)
    if (!receipt) continue
    if (confirmations <= 1) return receipt
    const latest = await reader.getBlockNumber({ cacheTime: 0 }).catch(() => 0n)
    if (latest - receipt.blockNumber + 1n >= confirmations) return receipt
  }
}

async function watchReceipt(
  reader: PublicClient,
  hash: Hash,
  { confirmations, timeoutMs }: Waiting,
): Promise<TransactionReceipt> {
  let replacement: { reason: ReplacementReason; hash: Hash } | undefined
  const receipt = await reader.waitForTransactionReceipt({
    hash,
    confirmations,
    timeout: timeoutMs,
    onReplaced: ({ reason, transaction }) => {
      replacement = { reason, hash: transaction.hash }
    },
  })
  if (replacement?.reason === 'cancelled') throw cancelledByWallet(hash)
  if (replacement?.reason === 'replaced') throw replaced(hash, replacement.hash)
  return receipt
}

async function receiptNow(
  reader: PublicClient,
  hash: Hash,
): Promise<TransactionReceipt | undefined> {
  try {
    return await reader.getTransactionReceipt({ hash })
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
