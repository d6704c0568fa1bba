/**
 * Deploys the contracts to any chain: a development chain at every start, a public one once.
 * @module
 */
import {
  type Abi,
  type Account,
  type Address,
  type Chain,
  concat,
  getAddress,
  type Hex,
  keccak256,
  type PublicClient,
  type Transport,
  type WalletClient,
} from 'viem'
import type { Deployment } from './addresses.ts'
import { allocationAbi, channelsAbi, modelsAbi, registryAbi } from './generated/abis.ts'
import {
  allocationBytecode,
  channelsBytecode,
  modelsBytecode,
  registryBytecode,
} from './generated/bytecode.ts'

/** Basis points of what is redeemed, 0 to 1,500 together, and who is paid them. */
export type Pools = {
  audit: Address
  auditBps: number
  commons: Address
  commonsBps: number
  treasury: Address
  treasuryBps: number
}

export type DeployParameters = {
  /** Owns what is governed: a Timelock in production, never a person's key. */
  governance: Address
  /** Whom each part of the supply is for; see `contracts/Allocation.sol`. */
  beneficiaries: Record<'network' | 'treasury' | 'builders' | 'backers' | 'launch', Address>
  pools: Pools
  /** How long payees may redeem after an expiry, and over-promises be proved after that, in seconds. */
  withdrawDelay: bigint
  /** How long stake can be slashed after it was asked back, in seconds. */
  unbondingDelay: bigint
  /** From publishing a model to its first royalty, in seconds. */
  disputePeriod: bigint
}

/** Who sends, and who reads what came of it: of one chain. */
export type Clients = {
  wallet: WalletClient<Transport, Chain, Account>
  reader: PublicClient
}

/** What was sent for one part of a deployment. */
export type Deployed = { name: string; address: Address; gasUsed: bigint }

/** Changes with any of the contracts: a chain that holds others needs these deployed anew. */
export function codeHash(): Hex {
  return keccak256(concat([allocationBytecode, registryBytecode, modelsBytecode, channelsBytecode]))
}

/** Day-long delays and everything in one account's hands: for a development chain only. */
export function developmentParameters(account: Address): DeployParameters {
  const day = 86_400n
  return {
    governance: account,
    beneficiaries: {
      network: account,
      treasury: account,
      builders: account,
      backers: account,
      launch: account,
    },
    pools: {
      audit: account,
      auditBps: 200,
      commons: account,
      commonsBps: 300,
      treasury: account,
      treasuryBps: 300,
    },
    withdrawDelay: day,
    unbondingDelay: 7n * day,
    disputePeriod: 7n * day,
  }
}

/**
 * Deploys token, registry, models and channels, one transaction each, and waits for them.
 * @param onDeployed - called after each of them
 * @throws when a deployment reverts, and what viem throws when a transaction is refused
 */
export async function deployContracts(
  clients: Clients,
  parameters: DeployParameters,
  onDeployed: (deployed: Deployed) => void = () => {},
): Promise<Deployment> {
  const { governance, beneficiaries, pools, withdrawDelay } = parameters
  const fromBlock = await clients.reader.getBlockNumber()
  const deploy = async (name: string, abi: Abi, bytecode: Hex, args: readonly unknown[]) => {
    const deployed = await deployContract(clients, name, { abi, bytecode, args })
    onDeployed(deployed)
    return deployed.address
  }
  const allocation = await deploy('Allocation', allocationAbi, allocationBytecode, [beneficiaries])
  const token = await clients.reader.readContract({
    address: allocation,
    abi: allocationAbi,
    functionName: 'token',
  })
  const registry = await deploy('Registry', registryAbi, registryBytecode, [
    token,
    parameters.unbondingDelay,
    governance,
  ])
  const models = await deploy('Models', modelsAbi, modelsBytecode, [
    parameters.disputePeriod,
    governance,
  ])
  const channels = await deploy('Channels', channelsAbi, channelsBytecode, [
    token,
    registry,
    models,
    withdrawDelay,
    pools,
    governance,
  ])
  return { token, registry, models, channels, fromBlock }
}

async function deployContract(
  { wallet, reader }: Clients,
  name: string,
  contract: { abi: Abi; bytecode: Hex; args: readonly unknown[] },
): Promise<Deployed> {
  const hash = await wallet.deployContract(contract)
  const receipt = await reader.waitForTransactionReceipt({ hash })
  const { contractAddress, status, gasUsed } = receipt
  if (status !== 'success' || !contractAddress) {
    throw new Error(
      `The deployment of ${name} in transaction ${hash} reverted: nothing was deployed by it.`,
    )
  }
  return { name, address: getAddress(contractAddress), gasUsed }
}
