/**
 * `weft gateway fund`: what a wallet lets a gateway spend, by one command instead of a page.
 * @module
 */
import { existsSync } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { addressFromPeerId, type Hex, WeftError } from '@weft/protocol'
import { openFolderIdentity } from '@weft/storage/node'
import { createPublicClient, http } from 'viem'
import { openChain, parseKey, readKeyFile } from '../chain-clients.ts'
import { readConfig } from '../config.ts'
import { clientFolder } from '../options.ts'
import { noConfig } from './first-config.ts'
import { describeFunds, raiseLimit, takeBack } from './fund-key.ts'
import { type FundOptions, parseFundOptions, walletVariable } from './fund-options.ts'

export { fundUsage } from './fund-options.ts'

/** @param tell - for what it says, a line each. @throws WeftError `gateway/*`, `payments/*` */
export async function fund(args: string[], tell: (line: string) => void): Promise<void> {
  const options = parseFundOptions(args)
  if (!existsSync(options.config)) throw await noConfig(options)
  const { chain, funding } = await readConfig(options.config)
  if (!chain) {
    throw new WeftError('gateway/config', `${options.config} names no "chain" to pay on.`)
  }
  const named = lowerCase(funding?.payer)
  const signer = lowerCase(options.key) ?? (await addressOfFolder(options, tell))
  const { amountWei, days, isWithdrawal } = options
  if (amountWei === null && !isWithdrawal) {
    const payer = named ?? lowerCase(openChain(chain, await walletKey(options)).account.address)
    const reader = createPublicClient({ transport: http(chain.rpcUrl) })
    for (const line of await describeFunds({ chain, reader, payer, signer })) tell(line)
    return
  }
  const { wallet, reader, account } = openChain(chain, await walletKey(options))
  const payer = lowerCase(account.address)
  if (named && named !== payer) {
    throw new WeftError(
      'gateway/wrong-wallet',
      `${options.config} names the wallet ${named}, and this key is of ${payer}. Nothing was sent.`,
    )
  }
  const { confirm, close } = options.yes ? everythingIsFine : askHere()
  try {
    const init = { chain, reader, wallet, payer, signer, tell, confirm }
    if (amountWei !== null) await raiseLimit(init, { amountWei, days })
    else if ((await takeBack(init)) === 0) tell('There is nothing to take back now.')
    for (const line of await describeFunds(init)) tell(line)
  } finally {
    close()
  }
  if (!named) tell(`Now put "funding": { "payer": "${payer}" } into ${options.config}.`)
}

/** The one that this folder has; where there is none and it is to spend, the one that its gateway will have. */
async function addressOfFolder(
  { state, amountWei }: FundOptions,
  tell: (line: string) => void,
): Promise<Hex> {
  const folder = clientFolder(state)
  const isNew = await access(join(folder, 'key')).then(
    () => false,
    () => true,
  )
  if (isNew && amountWei === null) {
    const sentence = `No gateway has a key in ${state}. Name its folder by --state, or its key by --key.`
    throw new WeftError('gateway/state', sentence)
  }
  if (isNew) tell(`No gateway has run in ${state} yet: the one that starts there has this key.`)
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw WeftError.from(cause, 'gateway/state', `The folder ${folder} cannot be made.`)
  })
  const { peerId } = await openFolderIdentity(folder)
  return addressFromPeerId(peerId)
}

async function walletKey({ wallet }: FundOptions): Promise<Hex> {
  if (wallet) return readKeyFile(wallet)
  const text = process.env[walletVariable]
  if (text) return parseKey(text, walletVariable)
  const sentence = `Whose money? --wallet names a file with the wallet's key, or put it into ${walletVariable}.`
  throw new WeftError('gateway/options', sentence)
}

function lowerCase(address: string): Hex
function lowerCase(address: string | undefined): Hex | undefined
function lowerCase(address: string | undefined): Hex | undefined {
  return address?.toLowerCase() as Hex | undefined
}

const everythingIsFine = { confirm: async () => true, close() {} }

/** At the terminal, or from a pipe: a line for each question; anything but yes is no. */
function askHere() {
  const input = createInterface({ input: process.stdin })
  const lines = input[Symbol.asyncIterator]()
  return {
    async confirm(question: string) {
      process.stderr.write(`${question} [y/N] `)
      const { value = '' } = await lines.next()
      return /^y(es)?$/i.test(value.trim())
    },
    close: () => input.close(),
  }
}
