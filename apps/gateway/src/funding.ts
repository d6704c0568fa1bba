/**
 * Whose money the gateway spends: what a wallet lets its key spend, read from the chain and read again, since the
 * wallet may give more or take it back.
 * @module
 */
import { createChannelsReader, readKeyChannels } from '@weft/payments/chain'
import type { Hex } from '@weft/protocol'
import type { Purse } from '@weft/sdk'
import { createPublicClient, http } from 'viem'
import type { ChainConfig, GatewayConfig } from './config.ts'
import type { Sponsor } from './grants/grant-desk.ts'

const lookEveryMs = 60_000

export type FundingInit = {
  chain: ChainConfig
  funding: NonNullable<GatewayConfig['funding']>
  purse: Purse
  /** A look that failed; the next one may not. */
  onError: (error: unknown) => void
}

/**
 * Reads it once, and from then on every minute.
 * @returns stops reading
 * @throws WeftError `payments/chain-lost`, `payments/not-deployed`, `payments/accounts-lost`
 */
export async function followFunding(init: FundingInit): Promise<() => void> {
  const { chain, funding, purse, onError } = init
  const reader = await createChannelsReader({
    reader: createPublicClient({ transport: http(chain.rpcUrl) }),
    chainId: chain.chainId,
    deployment: { channels: chain.channels, token: chain.token },
  })
  const payer = funding.payer.toLowerCase() as Hex
  const look = async () => {
    const key = { payer, signer: purse.address, nowMs: Date.now() }
    const { current } = await readKeyChannels(reader, key)
    if (!current) return purse.fund(null)
    const { capWei, expiry, committedWei } = current.collateral
    const funds = { ...reader.contract, channelId: current.channelId, grant: null }
    await purse.fund({ funds, limit: { capWei, expiry, committedWei } })
  }
  await look()
  const timer = setInterval(() => void look().catch(onError), lookEveryMs)
  return () => clearInterval(timer)
}

/** The gateway's own key hands on a part of what it may spend. */
export function sponsorOf(purse: Pick<Purse, 'grant' | 'spending'>): Sponsor {
  return {
    grant: (init) => purse.grant(init),
    grantedWei: (grantee) => {
      const { commitments = [] } = purse.spending.get() ?? {}
      return commitments.find(({ id }) => id === grantee)?.promisedWei ?? 0n
    },
  }
}
