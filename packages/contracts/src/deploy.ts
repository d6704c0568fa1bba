/**
 * Deploys the contracts to any chain: a development chain at every start, a public one once.
 * @module
 */
import {
  type Abi,
  type Account,
  type Address,
  type Chain,
  getAddress,
  getContractAddress,
  type Hex,
  keccak256,
  type PublicClient,
  stringToHex,
  type Transport,
  type WalletClient,
} from 'viem'
import type { Deployment } from './addresses.ts'
import { type CreditTerms, creditBytecodes, deployCredits } from './deploy-credits.ts'
import { deployProofs, proofBytecodes } from './deploy-proofs.ts'
import {
  allocationAbi,
  channelsAbi,
  modelsAbi,
  registryAbi,
  verdictsAbi,
} from './generated/abis.ts'
import {
  allocationBytecode,
  channelsBytecode,
  modelsBytecode,
  registryBytecode,
  verdictsBytecode,
} from './generated/bytecode.ts'

export { deployLendingDesk, type ExampleInit } from './deploy-proofs.ts'

/** Basis points of what is redeemed, 0 to 1,500 together, and who is paid them; checks by Verdicts. */
export type Pools = {
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
  verdicts: VerdictRules
  credits: CreditTerms
}

/** How answers are checked; see `contracts/Verdicts.sol`. */
export type VerdictRules = {
  /** An epoch, and how long after it receipts may be accused, in seconds. */
  epochSeconds: bigint
  limitation: bigint
  /** For a seat, in wei. */
  minimumStake: bigint
  /** Of all receipts so many are checked and paid for, in basis points. */
  sampleBps: bigint
  panelSize: bigint
  /** More than that. Where fewer have a seat than both take, nobody is accused. */
  appealSize: bigint
  /** For an appeal, and again for the larger panel, in seconds. */
  answerSeconds: bigint
  /** In wei. */
  appealBond: bigint
  /** What a convicted node loses of its stake, and a verifier whose verdict did not hold, in basis points. */
  slashBps: number
  minorityBps: number
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
  const bytecodes = [
    ...[allocationBytecode, registryBytecode, modelsBytecode, channelsBytecode, verdictsBytecode],
    ...creditBytecodes,
    ...proofBytecodes,
  ]
  return keccak256(stringToHex(bytecodes.join()))
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
      auditBps: 200,
      commons: account,
      commonsBps: 300,
      treasury: account,
      treasuryBps: 300,
    },
    withdrawDelay: day,
    unbondingDelay: 7n * day,
    disputePeriod: 7n * day,
    verdicts: {
      epochSeconds: 10n,
      limitation: 2n * day,
      minimumStake: 100n * 10n ** 18n,
      sampleBps: 1_000n,
      // Five seats can convict: few tabs for one machine, and still nobody judges alone.
      panelSize: 2n,
      appealSize: 3n,
      answerSeconds: 30n,
      appealBond: 10n * 10n ** 18n,
      slashBps: 5_000,
      minorityBps: 2_000,
    },
    credits: {
      values: [1n, 10n, 100n].map((tokens) => tokens * 10n ** 18n),
      lifetime: 90n * day,
      bondBps: 1_000n,
      feeBps: 100n,
      sessionSeconds: 7n * day,
    },
  }
}

/**
 * Deploys token, registry, models, channels, verdicts, and what private credits and proved models need, one
 * transaction each, and waits for them. Some must know where later ones will be: that follows from the sender and its count of
 * transactions.
 * @param onDeployed - called after each of them
 * @throws when a deployment reverts, and what viem throws when a transaction is refused
 */
export async function deployContracts(
  clients: Clients,
  parameters: DeployParameters,
  onDeployed: (deployed: Deployed) => void = () => {},
): Promise<Deployment> {
  const { governance, beneficiaries, pools, withdrawDelay } = parameters
  const from = clients.wallet.account.address
  const nonce = await clients.reader.getTransactionCount({ address: from, blockTag: 'pending' })
  const later = (transactions: number) =>
    getContractAddress({ from, nonce: BigInt(nonce + transactions) })
  const [verdicts, credits] = [later(4), later(9)]
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
    verdicts,
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
    { ...pools, audit: verdicts },
    governance,
    credits,
  ])
  const { slashBps, minorityBps, ...rules } = parameters.verdicts
  const verdictsArguments = [registry, channels, rules, slashBps, minorityBps, governance]
  const made = await deploy('Verdicts', verdictsAbi, verdictsBytecode, verdictsArguments)
  const terms = { ...parameters.credits, treasury: pools.treasury }
  const madeCredits = await deployCredits(deploy, channels, terms)
  if (made !== verdicts || madeCredits !== credits) {
    throw new Error(
      `The account ${from} sent something else meanwhile: the contracts do not know Verdicts at ${made} or Credits at ${madeCredits}. Deploy again.`,
    )
  }
  const provedInference = await deployProofs(deploy, models)
  return { token, registry, models, channels, verdicts, credits, provedInference, fromBlock }
}

async function deployContract(
  { wallet, reader }: Clients,
  name: string,
  contract: { abi: Abi; bytecode: Hex; args: readonly unknown[] },
): Promise<Deployed> {
  const hash = await wallet.deployContract(contract)
  const receipt = await reader.waitForTransactionReceipt({ hash, checkReplacement: false })
  const { contractAddress, status, gasUsed } = receipt
  if (status !== 'success' || !contractAddress) {
    throw new Error(
      `The deployment of ${name} in transaction ${hash} reverted: nothing was deployed by it.`,
    )
  }
  return { name, address: getAddress(contractAddress), gasUsed }
}
