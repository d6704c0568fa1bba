/**
 * A wallet for a development chain only: its key lives in this browser, and it asks nobody. For wagmi, a
 * connector like any other.
 * @module
 */
import { createConnector } from '@wagmi/core'
import { type Chain, createWalletClient, type Hex, http, isHex, type WalletClient } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'

export const developmentWalletId = 'development'

const keyName = 'weft.development-wallet'
type Kept = { 'development.connected': true }

/** @param chain - the only one that it knows */
export function developmentWallet(chain: Chain) {
  let kept: PrivateKeyAccount | undefined
  const account = () => {
    kept ??= privateKeyToAccount(readKey())
    return kept
  }
  const client = async () =>
    createWalletClient({ account: account(), chain, transport: http() }) as WalletClient
  return createConnector<WalletClient, Record<string, unknown>, Kept>(({ emitter, storage }) => ({
    id: developmentWalletId,
    name: 'Development wallet',
    type: developmentWalletId,
    async connect() {
      await storage?.setItem('development.connected', true)
      // biome-ignore lint/suspicious/noExplicitAny: one shape for both of wagmi's overloads.
      return { accounts: [account().address] as any, chainId: chain.id }
    },
    disconnect: async () => storage?.removeItem('development.connected'),
    getAccounts: async () => [account().address],
    getChainId: async () => chain.id,
    getProvider: client,
    getClient: client,
    isAuthorized: async () => Boolean(await storage?.getItem('development.connected')),
    onAccountsChanged() {},
    onChainChanged() {},
    onDisconnect: () => emitter.emit('disconnect'),
  }))
}

function readKey(): Hex {
  try {
    const kept = localStorage.getItem(keyName)
    if (isHex(kept) && kept.length === 66) return kept
  } catch {
    // None is kept then.
  }
  const key = generatePrivateKey()
  try {
    localStorage.setItem(keyName, key)
  } catch {
    // It lasts as long as the page.
  }
  return key
}
