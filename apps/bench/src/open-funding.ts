/**
 * Money for a client of a benchmark, on the chain beside its page.
 * @module
 */
import type { ChannelsReaderInit } from '@weft/payments/chain'
import { channelIdOf, createChannelsReader, createChannelsWallet } from '@weft/payments/chain'
import type { Hex } from '@weft/protocol'
import type { Funding } from '@weft/sdk'
import { createPublicClient, createWalletClient, http } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { foundry } from 'viem/chains'

export type OpenFundingInit = Omit<ChannelsReaderInit, 'reader'> & {
  /** Of the page: its faucet and its chain are under it. */
  siteUrl: string
  /** Of the client's key. */
  signer: Hex
  capWei: bigint
}

const salt: Hex = `0x${'00'.repeat(32)}`
const daySeconds = 86_400

/** A new wallet takes from the faucet and lets the client's key spend. @returns what the key may spend */
export async function openFunding(init: OpenFundingInit): Promise<Funding> {
  const { siteUrl, signer, capWei, chainId, deployment } = init
  const account = privateKeyToAccount(generatePrivateKey())
  const given = await fetch(`${siteUrl}/faucet`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ address: account.address }),
  })
  if (!given.ok) throw new Error(`The faucet answered ${given.status}.`)
  const transport = http(`${siteUrl}/chain`)
  const reader = createPublicClient({ chain: foundry, transport, pollingInterval: 50 })
  const wallet = createWalletClient({ account, chain: foundry, transport })
  const { timestamp } = await reader.getBlock()
  const expiry = Number(timestamp) + daySeconds
  const channels = await createChannelsReader({ reader, chainId, deployment })
  await createChannelsWallet({ reader, wallet, chainId, deployment }).open({
    salt,
    signer,
    capWei,
    expiry,
  })
  const channelId = channelIdOf(account.address, salt)
  return {
    funds: { ...channels.contract, channelId, grant: null },
    limit: await channels.readCollateral({ channelId, signer }),
  }
}
