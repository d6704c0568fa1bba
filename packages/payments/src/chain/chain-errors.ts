/**
 * What can go wrong between a wallet and a chain, each with its sentence and its way on. What the contracts
 * refuse is in `revert-sentences.ts`.
 * @module
 */
import { WeftError } from '@weft/protocol'
import {
  BaseError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  HttpRequestError,
  InsufficientFundsError,
  NonceTooLowError,
  SocketClosedError,
  TimeoutError,
  TransactionNotFoundError,
  TransactionReceiptNotFoundError,
  UserRejectedRequestError,
  WaitForTransactionReceiptTimeoutError,
  WebSocketRequestError,
} from 'viem'
import { revertSentence } from './revert-sentences.ts'

/** Errors that no retry by us can help, and what they mean, the most telling first. */
const kinds: [kinds: readonly (new (...parameters: never[]) => Error)[], make: ErrorMaker][] = [
  [[UserRejectedRequestError], rejected],
  [[InsufficientFundsError], noGas],
  [[WaitForTransactionReceiptTimeoutError], notConfirmed],
  [[NonceTooLowError], nonceUsed],
  [[ContractFunctionZeroDataError], nothingThere],
  [[HttpRequestError, WebSocketRequestError, SocketClosedError, TimeoutError], chainLost],
]

type ErrorMaker = (cause: unknown) => WeftError

/** @returns a WeftError for whatever viem or a wallet has thrown */
export function chainError(error: unknown): WeftError {
  if (WeftError.is(error)) return error
  const reverted = find(error, [ContractFunctionRevertedError])
  if (reverted instanceof ContractFunctionRevertedError) {
    const { errorName = 'unknown', args = [] } = reverted.data ?? {}
    return new WeftError('payments/refused', revertSentence(errorName, args), {
      facts: [`${errorName}(${args.map(String).join(', ')})`],
      cause: error,
    })
  }
  for (const [classes, make] of kinds) if (find(error, classes)) return make(error)
  return WeftError.from(
    error instanceof BaseError ? new Error(error.shortMessage) : error,
    'payments/chain-failed',
    'The network did not take the transaction. Nothing was paid; try again.',
  )
}

/** True where the chain answered and has no such transaction, or none any more. */
export function isNotFound(error: unknown): boolean {
  return Boolean(find(error, [TransactionReceiptNotFoundError, TransactionNotFoundError]))
}

/** True where a wait for a receipt ran out of time. */
export function isTooLate(error: unknown): boolean {
  return Boolean(find(error, [WaitForTransactionReceiptTimeoutError]))
}

export function wrongNetwork(expected: number, actual: number): WeftError {
  return new WeftError(
    'payments/wrong-network',
    'The wallet is on another network. Switch it, then do this again; nothing was sent.',
    { facts: [`Expected: chain ${expected}`, `The wallet is on: chain ${actual}`] },
  )
}

/** @param cause - may also be how much is missing */
export function noGas(cause: unknown): WeftError {
  const facts = typeof cause === 'string' ? [cause] : []
  return new WeftError(
    'payments/no-gas',
    'The wallet has too little of the network’s own coin for the fee. Send some to it, then do this again.',
    { facts, cause },
  )
}

export function notRegistered(): WeftError {
  return new WeftError(
    'payments/not-registered',
    'This is paid by private credits, which pay registered tabs only, and this tab is not registered. Ask another one.',
  )
}

export function reverted(hash: string): WeftError {
  return new WeftError(
    'payments/reverted',
    'The transaction was included and failed: something changed since it was sent. Only its fee was paid; look and try again.',
    { facts: [`Transaction: ${hash}`] },
  )
}

export function replaced(hash: string, by: string): WeftError {
  return new WeftError(
    'payments/replaced',
    'The wallet replaced this transaction by another one, so this was not done. Do it again if you still want it.',
    { facts: [`Transaction: ${hash}`, `Replaced by: ${by}`] },
  )
}

export function cancelledByWallet(hash: string): WeftError {
  return new WeftError(
    'payments/cancelled',
    'The transaction was cancelled in the wallet. Nothing was done.',
    { facts: [`Transaction: ${hash}`] },
  )
}

export function reorganised(hash: string): WeftError {
  return new WeftError(
    'payments/reorganised',
    'The network took the block with this transaction back. It may come again by itself: look at the balance before you send it again.',
    { facts: [`Transaction: ${hash}`] },
  )
}

function rejected(cause: unknown): WeftError {
  return new WeftError('payments/rejected', 'You declined in the wallet. Nothing was sent.', {
    cause,
  })
}

function notConfirmed(cause: unknown): WeftError {
  return new WeftError(
    'payments/not-confirmed',
    'The transaction was sent and is not in a block yet. Wait, or raise its fee in the wallet; do not send a second one.',
    { cause },
  )
}

function nonceUsed(cause: unknown): WeftError {
  return new WeftError(
    'payments/nonce-used',
    'The wallet has sent something else meanwhile. Do this again.',
    { cause },
  )
}

function nothingThere(cause: unknown): WeftError {
  return new WeftError(
    'payments/not-deployed',
    'There are no Weft contracts where this site looks for them. Nothing was sent; tell whoever runs it.',
    { cause },
  )
}

function chainLost(cause: unknown): WeftError {
  return new WeftError(
    'payments/chain-lost',
    'The network’s RPC server does not answer. What was promised stays good; try again when you are online.',
    { cause },
  )
}

function find(
  error: unknown,
  classes: readonly (new (...parameters: never[]) => Error)[],
): unknown {
  if (!(error instanceof BaseError)) return undefined
  return error.walk((cause) => classes.some((each) => cause instanceof each)) ?? undefined
}
