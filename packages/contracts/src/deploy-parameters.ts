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
/** As a string: JSON has no such numbers. */
const wei = z
  .string()
  .regex(/^\d{1,27}$/)
  .transform(BigInt)
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
    commons: address,
    treasury: address,
  }),
  withdrawDelay: seconds,
  unbondingDelay: seconds,
  disputePeriod: seconds,
  credits: z.strictObject({
    values: z.array(wei).min(1).max(8),
    lifetime: seconds,
    bondBps: basisPoints.min(1).transform(BigInt),
    feeBps: basisPoints.transform(BigInt),
    sessionSeconds: seconds,
  }),
  verdicts: z.strictObject({
    epochSeconds: seconds,
    limitation: seconds,
    minimumStake: wei,
    sampleBps: z.int().min(1).max(10_000).transform(BigInt),
    panelSize: z.int().min(1).max(32).transform(BigInt),
    appealSize: z.int().min(2).max(64).transform(BigInt),
    answerSeconds: seconds,
    appealBond: wei,
    slashBps: z.int().min(0).max(10_000),
    minorityBps: z.int().min(0).max(10_000),
  }),
})
