/**
 * The command line of `weft gateway fund`.
 * @module
 */
import { parseArgs } from 'node:util'
import { type Hex, WeftError } from '@weft/protocol'
import { parseEther } from 'viem'
import { defaultState, ownConfig } from '../options.ts'

export type FundOptions = {
  /** Wei; null where nothing is to change. */
  amountWei: bigint | null
  isWithdrawal: boolean
  /** `gateway.json`. */
  config: string
  /** The gateway's folder. */
  state: string
  /** The gateway's key as the chain knows it, where its folder is elsewhere. */
  key: Hex | undefined
  /** File of the wallet's private key. */
  wallet: string | undefined
  days: number
  /** Nobody is asked. */
  yes: boolean
}

/** Where the wallet's private key may be as well: what is an argument is seen by everybody on a machine. */
export const walletVariable = 'WEFT_WALLET_KEY'

export const fundUsage = `Usage: weft gateway fund [options]               shows what the gateway may spend, and what is left of it
       weft gateway fund AMOUNT [options]        lets it spend so many WEFT more, out of a wallet
       weft gateway fund --withdraw [options]    ends that, and takes back what nobody is owed

It says what it costs and asks before anything is sent. What comes back after --withdraw waits until nodes have had
time to redeem: the command says until when, and is then run once more.

  --config <file>    the gateway's, with its "chain", and its "funding", which names the wallet (default gateway.json
                     of --state; where there is none it says what to write, for the gateway of npm start too)
  --wallet <file>    holds the wallet's private key, 64 hex digits; or put the key into ${walletVariable}
  --state <folder>   of the gateway whose key is to spend (default ${defaultState})
  --key <address>    that key's address instead, where the gateway runs elsewhere: it prints it when it starts
  --days <number>    for how long it may spend (default 30)
  --yes              sends without asking`

const mostDays = 3_650

/** @throws WeftError `gateway/options` */
export function parseFundOptions(args: string[]): FundOptions {
  const { values, positionals } = parse(args)
  const [amount, ...more] = positionals
  const { config, wallet, state, key, withdraw, yes } = values
  if (more.length > 0) throw wrong(`"${more[0]}" is one word too many.`)
  if (withdraw && amount !== undefined) throw wrong('--withdraw takes no amount: all comes back.')
  if (key !== undefined && !isAddress(key)) throw wrong('--key takes an address, 0x and 40 digits.')
  const days = Number(values.days)
  if (!Number.isInteger(days) || days < 1 || days > mostDays) {
    throw wrong(`--days takes a whole number from 1 to ${mostDays}, not "${values.days}".`)
  }
  const amountWei = amount === undefined ? null : weiOf(amount)
  const named = config ?? ownConfig(state)
  return { amountWei, isWithdrawal: withdraw, config: named, state, key, wallet, days, yes }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        config: { type: 'string' },
        wallet: { type: 'string' },
        state: { type: 'string', default: defaultState },
        key: { type: 'string' },
        days: { type: 'string', default: '30' },
        withdraw: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error))
  }
}

/** A multiple of 10 wei, so that the bond of a tenth is exact. */
function weiOf(text: string): bigint {
  if (!/^\d{1,12}(\.\d{1,17})?$/.test(text)) {
    throw wrong(`An amount of WEFT is a number such as 2 or 0.25, not "${text}".`)
  }
  const wei = parseEther(text)
  if (wei > 0n) return wei
  throw wrong('Say more than 0.')
}

function isAddress(text: string): text is Hex {
  return /^0x[0-9a-fA-F]{40}$/.test(text)
}

function wrong(sentence: string): WeftError {
  return new WeftError('gateway/options', sentence, { facts: ['--help lists the options.'] })
}
