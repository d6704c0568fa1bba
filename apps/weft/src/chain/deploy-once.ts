/**
 * The contracts on the chain of this folder: deployed at the first start, found again at every other one.
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises'
import {
  type Clients,
  codeHash,
  deployContracts,
  developmentParameters,
} from '@weft/contracts/deploy'
import type { Network } from '@weft/contracts/networks'
import { getAddress, type Hex } from 'viem'

type Contracts = NonNullable<Network['contracts']>

/** What this folder keeps of its deployment. */
type Kept = { codeHash: Hex; contracts: Contracts }

/** @returns where they are, and whether they were there already */
export async function deployOnce(
  clients: Clients,
  keptFile: string,
): Promise<{ contracts: Contracts; isNew: boolean }> {
  const kept = await readKept(keptFile)
  if (kept?.codeHash === codeHash() && (await isThere(clients, kept.contracts))) {
    return { contracts: kept.contracts, isNew: false }
  }
  const account = clients.wallet.account.address
  const deployment = await deployContracts(clients, developmentParameters(account))
  const contracts = { ...deployment, fromBlock: Number(deployment.fromBlock) }
  const next: Kept = { codeHash: codeHash(), contracts }
  await writeFile(keptFile, JSON.stringify(next))
  return { contracts, isNew: true }
}

/** Ours, from this folder; a file that cannot be read is as good as none. */
async function readKept(keptFile: string): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(keptFile, 'utf8'))
  } catch {
    return undefined
  }
}

/** A chain that lost its last seconds may have lost the deployment with them. */
async function isThere({ reader }: Clients, contracts: Contracts): Promise<boolean> {
  const { fromBlock, ...addresses } = contracts
  const codes = await Promise.all(
    Object.values(addresses).map((address) => reader.getCode({ address: getAddress(address) })),
  )
  return codes.every(Boolean)
}
