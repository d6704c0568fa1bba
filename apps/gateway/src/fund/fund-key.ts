/**
 * What a wallet does for a gateway's key: lets it spend, ends that, takes back what is left. Each transaction is
 * told with what it takes, and asked for, before it is sent.
 * @module
 */
import { amountInWords } from '@weft/payments'
import {
  createChannelsReader,
  createChannelsWallet,
  depositFor,
  type KeyChannel,
  readKeyChannels,
  returnableWei,
  type SendOptions,
  saltToAllow,
} from '@weft/payments/chain'
import { type Hex, WeftError } from '@weft/protocol'
import { formatEther, type PublicClient } from 'viem'
import type { openChain } from '../chain-clients.ts'
import type { ChainConfig } from '../config.ts'

export type KeyFundsInit = {
  chain: ChainConfig
  reader: PublicClient
  /** Lower case. */
  payer: Hex
  /** The gateway's key, lower case. */
  signer: Hex
}

export type FundKeyInit = KeyFundsInit & {
  wallet: ReturnType<typeof openChain>['wallet']
  tell: (line: string) => void
  /** @returns whether it may be sent */
  confirm: (question: string) => Promise<boolean>
}

const daySeconds = 86_400

/** As the chain says it, by the chain's clock. @throws WeftError `payments/chain-lost`, `payments/not-deployed` */
async function readFunds({ chain, reader, payer, signer }: KeyFundsInit) {
  const { chainId, channels, token } = chain
  const contract = await createChannelsReader({ reader, chainId, deployment: { channels, token } })
  const { timestamp } = await reader.getBlock()
  const nowSeconds = Number(timestamp)
  const [account, keys] = await Promise.all([
    contract.readAccount(payer),
    readKeyChannels(contract, { payer, signer, nowMs: nowSeconds * 1_000 }),
  ])
  return { ...account, ...keys, nowSeconds, withdrawDelay: contract.withdrawDelay }
}

/** @returns lines: what the key may spend, what comes back and when, what the wallet has. @throws as `readFunds` */
export async function describeFunds(init: KeyFundsInit): Promise<string[]> {
  const { walletWei, depositWei, gasWei, current, past, nowSeconds } = await readFunds(init)
  return [
    row('key', init.signer),
    row('may spend', current ? limitWords(current) : 'nothing'),
    ...past.map(({ collateral }) => {
      const amount = amountInWords(returnableWei(collateral))
      const isReady = collateral.availableAt <= nowSeconds
      const when = isReady ? 'now, by --withdraw' : `from ${timeWords(collateral.availableAt)} on`
      return row('comes back', `${amount} at most, ${when}`)
    }),
    row('deposited', `${amountInWords(depositWei)} that nothing is promised of`),
    row(
      'wallet',
      `${init.payer}: ${amountInWords(walletWei)}, and ${coinsInWords(gasWei)} for fees`,
    ),
  ]
}

/**
 * Lets the key spend `amountWei` more, for `days` from now; never shorter than it may already.
 * @throws WeftError `gateway/fund`, `gateway/declined`; what `send` throws
 */
export async function raiseLimit(
  init: FundKeyInit,
  { amountWei, days }: { amountWei: bigint; days: number },
): Promise<void> {
  const funds = await readFunds(init)
  const { current, walletWei, depositWei, nowSeconds } = funds
  const salt = saltToAllow(funds)
  const neededWei = depositFor(amountWei)
  const isDeposited = depositWei >= neededWei
  if (!isDeposited && walletWei < neededWei) {
    const short = amountInWords(neededWei - walletWei)
    throw new WeftError('gateway/fund', `The wallet lacks ${short}. Nothing was sent.`)
  }
  const expiry = Math.max(nowSeconds + days * daySeconds, current?.collateral.expiry ?? 0)
  const inAll = (current?.collateral.capWei ?? 0n) + amountWei
  const from = isDeposited ? 'of what is deposited' : 'out of the wallet'
  init.tell(
    `The gateway's key ${init.signer} may then spend ${amountInWords(inAll)} in all until ${timeWords(expiry)}.`,
  )
  init.tell(
    `${amountInWords(neededWei)} ${from} are locked: the limit, and a tenth beside it as a bond, lost if the key promises more than it has.`,
  )
  const authorization = {
    salt,
    signer: init.signer,
    capWei: amountWei,
    expiry,
  }
  const wallet = walletOf(init)
  const asked = asking(init, isDeposited ? 'Lock it' : 'Deposit it')
  await (isDeposited ? wallet.authorize(authorization, asked) : wallet.open(authorization, asked))
}

/**
 * Ends the key's time, takes back what nobody can claim any more, and sends all that is free to the wallet.
 * @returns how many transactions it took; none where there was nothing to do
 * @throws WeftError `gateway/declined`; what `send` throws
 */
export async function takeBack(init: FundKeyInit): Promise<number> {
  const { current, past, nowSeconds, withdrawDelay } = await readFunds(init)
  const wallet = walletOf(init)
  let sent = 0
  if (current) {
    const { salt, signer, collateral } = current
    const amount = amountInWords(returnableWei(collateral))
    init.tell(
      `The key's time ends: this gateway pays no node any more. ${amount} at most come back, from about ${timeWords(nowSeconds + 2 * withdrawDelay)} on.`,
    )
    await wallet.revoke({ salt, signer }, asking(init, 'End it'))
    sent += 1
  }
  for (const { salt, signer, collateral } of past) {
    if (collateral.availableAt > nowSeconds) continue
    init.tell(`${amountInWords(returnableWei(collateral))} at most come back into the deposit.`)
    await wallet.release({ salt, signer }, [], asking(init, 'Take it back'))
    sent += 1
  }
  const { depositWei } = await readFunds(init)
  if (depositWei === 0n) return sent
  init.tell(`${amountInWords(depositWei)} of the deposit go to the wallet ${init.payer}.`)
  await wallet.withdraw(init.payer, depositWei, asking(init, 'Withdraw it'))
  return sent + 1
}

function walletOf({ chain, reader, wallet }: FundKeyInit) {
  const { chainId, channels, token } = chain
  return createChannelsWallet({ reader, wallet, chainId, deployment: { channels, token } })
}

/** Asks when what the transaction takes is known. */
function asking({ confirm, tell }: FundKeyInit, verb: string): SendOptions {
  return {
    async onEstimate(feeWei) {
      const question = `${verb} for a fee of about ${coinsInWords(feeWei)} at most?`
      if (!(await confirm(question)))
        throw new WeftError('gateway/declined', 'Nothing more was sent.')
    },
    onSent: (hash) => tell(`Sent: ${hash}`),
  }
}

function limitWords({ collateral: { capWei, committedWei, expiry } }: KeyChannel): string {
  const left = amountInWords(capWei - committedWei)
  return `${amountInWords(capWei)} in all until ${timeWords(expiry)}; ${left} of it not paid out yet`
}

function coinsInWords(wei: bigint): string {
  return `${formatEther(wei)} of the chain's coin`
}

/** @param seconds - since 1970 */
function timeWords(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function row(name: string, text: string): string {
  return `  ${name.padEnd(11)} ${text}`
}
