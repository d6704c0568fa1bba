import { ConnectorNotConnectedError } from '@wagmi/core'
import { WeftError } from '@weft/protocol'
import {
  ResourceUnavailableRpcError,
  SwitchChainError,
  TimeoutError,
  UserRejectedRequestError,
} from 'viem'
import { expect, test } from 'vitest'
import { walletError } from './wallet-errors.ts'

const cause = new Error('in words of a library')

test.each([
  [new ConnectorNotConnectedError(), 'web/no-wallet'],
  [new ResourceUnavailableRpcError(cause), 'web/wallet-busy'],
  [new SwitchChainError(cause), 'web/cannot-switch'],
  [new UserRejectedRequestError(cause), 'payments/rejected'],
  [new TimeoutError({ body: {}, url: 'https://rpc.example' }), 'payments/chain-lost'],
  [new WeftError('web/faucet', 'The faucet gave a moment ago.'), 'web/faucet'],
  [new Error('anything'), 'payments/chain-failed'],
])('%s is said as %s', (error, code) => {
  const said = walletError(error)
  expect(said.code).toBe(code)
  expect(said.message).not.toContain('in words of a library')
})
