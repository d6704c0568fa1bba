/**
 * The file of a deployment's parameters: JSON, `DeployParameters` with seconds as numbers.
 * @module
 */
import { isAddress } from 'viem'
import { z } from 'zod'

const address = z.custom<`0x${string}`>((text) => typeof text === 'string' && isAddress(text), {
  error: 'expected an address with its checksum',
})
const basisPoints = z.int().min(0).max(1_500)
const seconds = z.int().min(0).max(31_536_000).transform(BigInt)

export const deployParametersSchema = z.strictObject({
  governance: address,
  beneficiaries: z.strictObject({
    network: address,
    treasury: address,
    builders: address,
    backers: address,
    launch: address,
  }),
  pools: z.strictObject({
    auditBps: basisPoints,
    commonsBps: basisPoints,
    treasuryBps: basisPoints,
    audit: address,
    commons: address,
    treasury: address,
  }),
  withdrawDelay: seconds,
  unbondingDelay: seconds,
  disputePeriod: seconds,
})
