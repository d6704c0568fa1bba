/**
 * Deploys the contracts to a chain that stays, and prints what belongs into `src/addresses.ts`:
 *
 *   DEPLOYER_KEY=0x… node packages/contracts/deploy.ts --rpc URL --parameters FILE
 *
 * The file is JSON: the `DeployParameters` of `src/deploy.ts`, seconds as numbers.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { createPublicClient, createWalletClient, defineChain, http, isAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { deployContracts } from './src/deploy.ts'

const address = z.custom<`0x${string}`>((text) => typeof text === 'string' && isAddress(text), {
  error: 'expected an address with its checksum',
})
const basisPoints = z.int().min(0).max(1_500)
const seconds = z.int().min(0).max(31_536_000).transform(BigInt)
const parametersSchema = z.strictObject({
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
const keySchema = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/i)])

const { values } = parseArgs({
  options: { rpc: { type: 'string' }, parameters: { type: 'string' } },
})
if (!values.rpc || !values.parameters || !process.env.DEPLOYER_KEY) {
  console.error('DEPLOYER_KEY=0x… node packages/contracts/deploy.ts --rpc URL --parameters FILE')
  process.exit(1)
}
const parameters = parametersSchema.parse(JSON.parse(await readFile(values.parameters, 'utf8')))
const account = privateKeyToAccount(keySchema.parse(process.env.DEPLOYER_KEY))
const transport = http(values.rpc)
const id = await createPublicClient({ transport }).getChainId()
const chain = defineChain({
  id,
  name: `chain ${id}`,
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: [values.rpc] } },
})
const deployment = await deployContracts(
  {
    wallet: createWalletClient({ account, chain, transport }),
    reader: createPublicClient({ chain, transport }),
  },
  parameters,
)
console.log(`  ${id}: {`)
for (const name of ['token', 'registry', 'models', 'channels'] as const) {
  console.log(`    ${name}: '${deployment[name]}',`)
}
console.log(`    fromBlock: ${deployment.fromBlock}n,\n  },`)
