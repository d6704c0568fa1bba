/**
 * What checks proofs of models whose weights are secret, and on a development chain an example that acts on one.
 * @module
 */
import { type Abi, type Address, getAddress, type Hex } from 'viem'
import type { Deployment } from './addresses.ts'
import type { Clients } from './deploy.ts'
import {
  lendingDeskAbi,
  mlpVerifierAbi,
  modelsAbi,
  provedInferenceAbi,
  tokenAbi,
} from './generated/abis.ts'
import {
  lendingDeskBytecode,
  mlpVerifierBytecode,
  provedInferenceBytecode,
} from './generated/bytecode.ts'

type Deploy = (name: string, abi: Abi, bytecode: Hex, args: readonly unknown[]) => Promise<Address>

export const proofBytecodes: readonly string[] = [
  mlpVerifierBytecode,
  provedInferenceBytecode,
  lendingDeskBytecode,
]

/** @returns where ProvedInference is: the last of two transactions */
export async function deployProofs(deploy: Deploy, models: Address): Promise<Address> {
  const verifier = await deploy('MlpVerifier', mlpVerifierAbi, mlpVerifierBytecode, [])
  const args = [models, verifier]
  return deploy('ProvedInference', provedInferenceAbi, provedInferenceBytecode, args)
}

export type ExampleInit = {
  /** SHA-256 of the model's card. */
  cardHash: Hex
  licence: string
  /** To its weights. */
  commitment: bigint
}

/** Of each loan, in wei, and how many of them the desk is given. */
const loanWei = 5n * 10n ** 18n
const loans = 200n

/**
 * Publishes a model as the deployer's, commits to its weights, and opens a lending desk that decides by it.
 * @returns where the desk is
 * @throws what viem throws when a transaction is refused; when one reverts
 */
export async function deployLendingDesk(
  { wallet, reader }: Clients,
  { models, provedInference, token }: Pick<Deployment, 'models' | 'provedInference' | 'token'>,
  { cardHash, licence, commitment }: ExampleInit,
): Promise<Address> {
  const included = async (sent: Promise<Hex>) => {
    const receipt = await reader.waitForTransactionReceipt({
      hash: await sent,
      checkReplacement: false,
    })
    if (receipt.status === 'success') return receipt
    throw new Error(
      `The transaction ${receipt.transactionHash} reverted: there is no lending desk.`,
    )
  }
  // A CIDv1 of DAG-CBOR by SHA-256.
  const cid = `0x01711220${cardHash.slice(2)}` as const
  const publish = { address: models, abi: modelsAbi, functionName: 'publish' } as const
  await included(wallet.writeContract({ ...publish, args: [cid, licence, 0] }))
  const commit = { address: provedInference, abi: provedInferenceAbi } as const
  await included(
    wallet.writeContract({ ...commit, functionName: 'commit', args: [cardHash, commitment] }),
  )
  const args = [provedInference, cardHash, token, loanWei] as const
  const init = { abi: lendingDeskAbi, bytecode: lendingDeskBytecode, args } as const
  const { contractAddress } = await included(wallet.deployContract(init))
  if (!contractAddress) throw new Error('A chain did not say where it put the lending desk.')
  const transfer = { address: token, abi: tokenAbi, functionName: 'transfer' } as const
  await included(wallet.writeContract({ ...transfer, args: [contractAddress, loans * loanWei] }))
  return getAddress(contractAddress)
}
