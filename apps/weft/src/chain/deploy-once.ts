/**
 * The contracts on the chain of this folder: deployed at the first start, found again at every other one.
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises'
import {
  type Clients,
  codeHash,
  deployContracts,
  deployLendingDesk,
  developmentParameters,
} from '@weft/contracts/deploy'
import type { Network } from '@weft/contracts/networks'
import { cardHash, readPackage } from '@weft/verification/proved-models'
import { getAddress, type Hex, toHex } from 'viem'

type Contracts = NonNullable<Network['contracts']>

/** What this folder keeps of its deployment. */
type Kept = { codeHash: Hex; exampleHash: Hex; contracts: Contracts }

const examplePath = new URL('../../../../public/proved-models/loan-risk.json', import.meta.url)

/** @returns where they are, and whether they were there already */
export async function deployOnce(
  clients: Clients,
  keptFile: string,
): Promise<{ contracts: Contracts; isNew: boolean }> {
  const kept = await readKept(keptFile)
  const example = await readExample()
  const isCurrent = kept?.codeHash === codeHash() && kept.exampleHash === example.cardHash
  if (isCurrent && (await isThere(clients, kept.contracts))) {
    return { contracts: kept.contracts, isNew: false }
  }
  const account = clients.wallet.account.address
  const deployment = await deployContracts(clients, developmentParameters(account))
  const lendingDesk = await deployLendingDesk(clients, deployment, example)
  const contracts = { ...deployment, lendingDesk, fromBlock: Number(deployment.fromBlock) }
  const next: Kept = { codeHash: codeHash(), exampleHash: example.cardHash, contracts }
  await writeFile(keptFile, JSON.stringify(next))
  return { contracts, isNew: true }
}

/** The worked example of a proved model: what the site's page shows of it, the lending desk decides by. */
async function readExample() {
  const { card } = readPackage(JSON.parse(await readFile(examplePath, 'utf8')))
  const { licence, commitment } = card
  return { cardHash: toHex(cardHash(card)), licence, commitment: BigInt(commitment) }
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
    Object.values(addresses).map(
      (address) => address && reader.getCode({ address: getAddress(address) }),
    ),
  )
  return codes.every(Boolean)
}
