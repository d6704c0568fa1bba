/**
 * Private credits with the libraries that hash for them and what verifies their proofs: five transactions.
 * @module
 */
import type { Abi, Address, Hex } from 'viem'
import { creditsAbi } from './generated/abis.ts'
import {
  creditsBytecode,
  creditVerifierBytecode,
  poseidonT2Bytecode,
  poseidonT3Bytecode,
  poseidonT4Bytecode,
} from './generated/bytecode.ts'

/** See `contracts/Credits.sol`. */
export type CreditTerms = {
  /** Of one ticket of each denomination, in wei. */
  values: readonly bigint[]
  /** How long a bond is at stake, in seconds. */
  lifetime: bigint
  /** Of a ticket's value, in basis points: the bond beside it, and what its submitter gets. */
  bondBps: bigint
  feeBps: bigint
  /** How long a ticket's key may spend, in seconds. */
  sessionSeconds: bigint
}

type Deploy = (name: string, abi: Abi, bytecode: Hex, args: readonly unknown[]) => Promise<Address>

/** Not all hex: the last names the libraries that it is linked with. */
export const creditBytecodes: readonly string[] = [
  poseidonT2Bytecode,
  poseidonT3Bytecode,
  poseidonT4Bytecode,
  creditVerifierBytecode,
  creditsBytecode,
]

/** @returns where Credits are: the last of five transactions of the same account */
export async function deployCredits(
  deploy: Deploy,
  channels: Address,
  terms: CreditTerms & { treasury: Address },
): Promise<Address> {
  const libraries = {
    PoseidonT2: await deploy('PoseidonT2', [], poseidonT2Bytecode, []),
    PoseidonT3: await deploy('PoseidonT3', [], poseidonT3Bytecode, []),
    PoseidonT4: await deploy('PoseidonT4', [], poseidonT4Bytecode, []),
  }
  const verifier = await deploy('CreditVerifier', [], creditVerifierBytecode, [])
  const linked = link(creditsBytecode, libraries)
  return deploy('Credits', creditsAbi, linked, [channels, verifier, terms])
}

function link(bytecode: string, libraries: Record<string, Address>): Hex {
  let text = bytecode
  for (const [name, address] of Object.entries(libraries)) {
    text = text.replaceAll(name.padStart(40, '_'), address.slice(2).toLowerCase())
  }
  if (!/^0x[0-9a-f]+$/.test(text))
    throw new Error('a library is missing that Credits are linked with')
  return text as Hex
}
