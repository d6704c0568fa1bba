/**
 * Where the contracts are, by chain. A chain that is not here has none, or they are made anew each time
 * (a development chain: `deployContracts` says where).
 * @module
 */
import type { Address } from 'viem'

/** The contracts of one deployment. */
export type Deployment = {
  token: Address
  registry: Address
  models: Address
  channels: Address
  verdicts: Address
  credits: Address
  provedInference: Address
  /** An example, on development chains alone: lends as a proved score says. */
  lendingDesk?: Address
  /** The block before which there is nothing to index. */
  fromBlock: bigint
}

/** Filled by `packages/contracts/deploy.ts` after a deployment, by hand and reviewed. */
export const deployments: Readonly<Record<number, Deployment>> = {}
