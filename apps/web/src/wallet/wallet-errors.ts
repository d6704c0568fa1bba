/**
 * What wagmi and a wallet say when something fails, in the sentences that payments have.
 * @module
 */
import { ConnectorNotConnectedError, SwitchChainNotSupportedError } from '@wagmi/core'
import { chainError } from '@weft/payments/chain'
import { WeftError } from '@weft/protocol'
import { ResourceUnavailableRpcError, SwitchChainError } from 'viem'

export function noWallet(cause?: unknown): WeftError {
  return new WeftError('web/no-wallet', 'No wallet is connected. Connect one and try again.', {
    cause,
  })
}

export function noChain(): WeftError {
  return new WeftError(
    'web/no-chain',
    'This site has no network to pay on, so payments are off. Everything is free here.',
  )
}

export function faucetRefused(status: number): WeftError {
  const sentence =
    status === 429
      ? 'The faucet gave a moment ago. Try again in a minute.'
      : 'The faucet of this machine gave nothing. Look at what npm start says, and try again.'
  return new WeftError('web/faucet', sentence, { facts: [`It answered ${status}.`] })
}

/** @returns a WeftError for whatever connecting, switching or reading has thrown */
export function walletError(error: unknown): WeftError {
  if (error instanceof ConnectorNotConnectedError) return noWallet(error)
  if (error instanceof ResourceUnavailableRpcError) {
    return new WeftError(
      'web/wallet-busy',
      'The wallet is asking already. Open it and answer there.',
      { cause: error },
    )
  }
  if (error instanceof SwitchChainError || error instanceof SwitchChainNotSupportedError) {
    return new WeftError(
      'web/cannot-switch',
      'This wallet does not switch by itself. Choose the network in the wallet.',
      { cause: error },
    )
  }
  return chainError(error)
}
