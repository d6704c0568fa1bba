/**
 * Who pays for what is asked in a frame: an app for its visitors, a wallet of the visitor, or nobody. No wallet is
 * asked anything in another page: the visitor lets this frame's key spend on Weft's own site, and the chain tells.
 * @module
 */
import { type ChannelsReader, createChannelsReader } from '@weft/payments/chain'
import { type Funds, type Hex, type Price, WeftError } from '@weft/protocol'
import type { GrantedFunds, Purse } from '@weft/sdk'
import { createPublicClient, type PublicClient } from 'viem'
import { chainOf, payingNetworks, transportOf } from '../wallet/paying-networks.ts'
import type { PayingNetwork } from '../wallet/wallet-state.ts'

type Sponsor = { gateway: string; app: string }

/** What may be spent, and how dear tabs may be for that. */
export type Spendable = { capWei: bigint; maxPrice: Price }

const keptName = (address: Hex): string => `weft.channel.${address}`

/** Both kinds of token in one answer and its prompt, at most. */
const tokensOfAnswer = 1_024n
/** A grant is for a visit, a limit for many. */
const answers = { sponsor: 8n, wallet: 100n }

export async function openFrameMoney(purse: Purse, networks: unknown) {
  const [network] = payingNetworks(networks)
  if (!network) return null
  const reader = await readerOf(network)
  return {
    /** @throws WeftError `sponsor/*`, `grants/*`, `payments/*` where it pays nothing */
    async letSponsorPay(sponsor: Sponsor, pageOrigin: string): Promise<Spendable> {
      const funds = await purse.askSponsor({ ...sponsor, pageOrigin })
      await checkGrant(funds, { reader, network, own: purse.address })
      const { capWei, expiry } = funds.grant
      await purse.fund({ funds, limit: { capWei, expiry, committedWei: 0n } })
      return { capWei, maxPrice: priceFor(capWei, answers.sponsor) }
    },
    /** Whatever a wallet has allowed this key before, or just now. @returns null where there is nothing */
    async letWalletPay({ looks }: { looks: boolean }): Promise<Spendable | null> {
      const kept = readKept(purse.address)
      const channelId = kept ?? (looks ? await reader.findChannel(purse.address) : null)
      if (!channelId) return null
      const collateral = await reader.readCollateral({ channelId, signer: purse.address })
      const { capWei, expiry, committedWei, isDisputed } = collateral
      if (expiry * 1_000 <= Date.now() || isDisputed) {
        localStorage.removeItem(keptName(purse.address))
        return null
      }
      localStorage.setItem(keptName(purse.address), channelId)
      await purse.fund({
        funds: { ...fundsOn(network), channelId, grant: null },
        limit: { capWei, expiry, committedWei },
      })
      return { capWei, maxPrice: priceFor(capWei, answers.wallet) }
    },
  }
}

async function readerOf(network: PayingNetwork): Promise<ChannelsReader> {
  const { chainId, contracts } = network
  const client = createPublicClient({ chain: chainOf(network), transport: transportOf(network) })
  const deployment = { channels: contracts.channels, token: contracts.token }
  return createChannelsReader({ reader: client as PublicClient, chainId, deployment })
}

function fundsOn({ chainId, contracts }: PayingNetwork): Pick<Funds, 'chainId' | 'contract'> {
  return { chainId, contract: contracts.channels.toLowerCase() as Hex }
}

/**
 * A page names its gateway, and either may lie. In a channel that a wallet of the visitor has opened for this key
 * a voucher would be that wallet's money, whatever grant came with it: so the channel must be one in which the
 * signer of the grant may spend, which nobody but the channel's own payer can say on the chain.
 */
async function checkGrant(
  { chainId, contract, channelId, grant }: GrantedFunds,
  { reader, network, own }: { reader: ChannelsReader; network: PayingNetwork; own: Hex },
): Promise<void> {
  const here = fundsOn(network)
  const isHere = chainId === here.chainId && contract === here.contract
  if (isHere && grant.signer !== own) {
    const { capWei, expiry } = await reader.readCollateral({ channelId, signer: grant.signer })
    if (capWei > 0n && expiry * 1_000 > Date.now()) return
  }
  throw new WeftError('sponsor/bad-grant', 'What this app offers to pay with is not its money.', {
    facts: ['Only free tabs are asked.'],
  })
}

/** @returns the dearest price at which so many answers fit into it */
function priceFor(capWei: bigint, count: bigint): Price {
  const perMillion = (capWei * 1_000_000n) / (count * tokensOfAnswer)
  return { inputWeiPerMillion: perMillion, outputWeiPerMillion: perMillion }
}

function readKept(address: Hex): Hex | null {
  const kept = localStorage.getItem(keptName(address))
  return kept && /^0x[0-9a-f]{64}$/.test(kept) ? (kept as Hex) : null
}
