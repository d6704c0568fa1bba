/**
 * A wallet as an extension is one: it announces itself to the page (EIP-6963), keeps its key out of it, and
 * signs. Only its person is missing: it says yes, unless a test says no.
 * @module
 */
import type { Page } from '@playwright/test'
import { createWalletClient, type Hex, hexToBigInt, hexToNumber, http, numberToHex } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'

export const injectedName = 'Test Wallet'

export type InjectedWallet = {
  address: Hex
  /** What a person was asked, by method: connecting, signing, sending, switching. */
  asked: string[]
  /** What it was asked to send, whether it did or not. */
  transactions: Transaction[]
  /** The next question is answered with no. */
  decline(): void
  /** Before the page is opened; again where its browser is started again. */
  injectInto(page: Page): Promise<void>
}

type Answer = { result: unknown; chainId?: Hex } | { error: { code: number; message: string } }
export type Transaction = { to?: Hex; data?: Hex; value?: Hex; gas?: Hex }
/** Of the methods that are answered here; the others are passed on as they are. */
type Params = [first: Transaction & { chainId: Hex; rpcUrls: string[] }, second: string]

const questions = new Set([
  'eth_requestAccounts',
  'eth_sendTransaction',
  'eth_signTypedData_v4',
  'personal_sign',
  'wallet_switchEthereumChain',
  'wallet_addEthereumChain',
])

export async function injectWallet(page: Page): Promise<InjectedWallet> {
  const wallet = createWallet()
  await wallet.injectInto(page)
  return wallet
}

/** On Ethereum's main network at first, and knows no other. */
function createWallet(): InjectedWallet {
  const account = privateKeyToAccount(generatePrivateKey())
  const rpcUrls = new Map<number, string>()
  const asked: string[] = []
  const transactions: Transaction[] = []
  let isConnected = false
  let declines = false
  let chainId = 1

  async function answer(method: string, params: Params): Promise<unknown> {
    const [first, second] = params
    switch (method) {
      case 'eth_chainId':
        return numberToHex(chainId)
      case 'eth_accounts':
        return isConnected ? [account.address] : []
      case 'eth_requestAccounts':
        isConnected = true
        return [account.address]
      case 'wallet_switchEthereumChain':
        return switchTo(first)
      case 'wallet_addEthereumChain':
        rpcUrls.set(hexToNumber(first.chainId), first.rpcUrls[0] ?? '')
        return switchTo(first)
      case 'eth_signTypedData_v4':
        return account.signTypedData(JSON.parse(second))
      case 'eth_sendTransaction':
        return sendTransaction(account, rpcUrl(), first)
      default:
        return forward(rpcUrl(), method, params)
    }
  }
  function switchTo({ chainId: id }: { chainId: Hex }): null {
    if (!rpcUrls.has(hexToNumber(id))) throw failure(4902, 'Unknown chain.')
    chainId = hexToNumber(id)
    return null
  }
  function rpcUrl(): string {
    const url = rpcUrls.get(chainId)
    if (!url) throw failure(-32601, 'Not on this network.')
    return url
  }

  async function ask(method: string, params: Params): Promise<Answer> {
    const before = chainId
    try {
      if (questions.has(method)) {
        asked.push(method)
        if (method === 'eth_sendTransaction') transactions.push(params[0])
        if (declines) {
          declines = false
          throw failure(4001, 'The person said no.')
        }
      }
      const result = await answer(method, params)
      const changed = chainId === before ? {} : { chainId: numberToHex(chainId) }
      return { result, ...changed }
    } catch (error) {
      const { code = -32603, message } = error as { code?: number; message: string }
      return { error: { code, message } }
    }
  }

  return {
    address: account.address,
    asked,
    transactions,
    decline: () => {
      declines = true
    },
    async injectInto(page) {
      await page.exposeFunction('askWallet', ask)
      await page.addInitScript(announce, injectedName)
    },
  }
}

function failure(code: number, message: string): Error {
  return Object.assign(new Error(message), { code })
}

async function sendTransaction(
  account: PrivateKeyAccount,
  url: string,
  { to, data, value, gas }: Transaction,
): Promise<Hex> {
  const wallet = createWalletClient({ account, transport: http(url) })
  return wallet.sendTransaction({
    chain: null,
    ...(to ? { to } : {}),
    ...(data ? { data } : {}),
    ...(gas ? { gas: hexToBigInt(gas) } : {}),
    value: hexToBigInt(value ?? '0x0'),
  })
}

async function forward(url: string, method: string, params: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  const { result, error } = await response.json()
  if (error) throw error
  return result
}

/** Runs in the page. */
function announce(name: string): void {
  type Listener = (value: unknown) => void
  const listeners = new Map<string, Set<Listener>>()
  const listenersOf = (event: string) => {
    const known = listeners.get(event) ?? new Set()
    listeners.set(event, known)
    return known
  }
  const provider = {
    on: (event: string, listener: Listener) => listenersOf(event).add(listener),
    removeListener: (event: string, listener: Listener) => listenersOf(event).delete(listener),
    async request({ method, params = [] }: { method: string; params?: unknown[] }) {
      const page = window as unknown as {
        askWallet(method: string, params: unknown[]): Promise<Answer>
      }
      const answer = await page.askWallet(method, params)
      if ('error' in answer) throw Object.assign(new Error(answer.error.message), answer.error)
      if (answer.chainId) {
        for (const listener of listenersOf('chainChanged')) listener(answer.chainId)
      }
      return answer.result
    },
  }
  const info = {
    uuid: '350670db-19fa-4704-a166-e52e178b59d2',
    name,
    icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>',
    rdns: 'org.example.test-wallet',
  }
  const detail = Object.freeze({ info, provider })
  const tell = () => window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }))
  window.addEventListener('eip6963:requestProvider', tell)
  tell()
}
