/**
 * `npm run deploy -- --network NAME --parameters FILE`: rehearses a deployment on a copy of a network and
 * says what it would do and cost. With `--send` and `DEPLOYER_KEY` it then does it, and prints what belongs
 * into `src/addresses.ts`.
 * @module
 */
import { readdir, readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { formatEther, formatGwei } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { type Deployed, deployContracts } from './src/deploy.ts'
import { deployParametersSchema } from './src/deploy-parameters.ts'
import { developmentChainId, type Network, publicNetworks } from './src/networks.ts'
import { clientsOf, rehearseDeployment } from './src/rehearse.ts'

type Deployable = Pick<Network, 'chainId' | 'name' | 'rpcUrls' | 'contracts' | 'isTest'>

const networks: Record<string, Deployable> = {
  ...publicNetworks,
  development: {
    chainId: developmentChainId,
    name: 'a development chain',
    rpcUrls: ['http://127.0.0.1:8545'],
    contracts: null,
    isTest: true,
  },
}

const usage = `Usage: npm run deploy -- --network NAME --parameters FILE [--rpc URL] [--send]

  --network <name>     ${Object.keys(networks).join(', ')}
  --parameters <file>  JSON: governance, beneficiaries, pools, delays; see src/deploy-parameters.ts
  --rpc <url>          instead of the network's own
  --send               deploy; without it all happens on a copy, and nothing is sent

The key that pays is read from DEPLOYER_KEY in the environment and nowhere else. Without one, a rehearsal
takes a new one: its gas is right, its addresses are not.`

/** As in `src/addresses.ts`. */
const named = [
  'token',
  'registry',
  'models',
  'channels',
  'verdicts',
  'credits',
  'provedInference',
] as const

const keySchema = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/i)])

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      network: { type: 'string' },
      parameters: { type: 'string' },
      rpc: { type: 'string' },
      send: { type: 'boolean', default: false },
    },
  })
  const network = networks[values.network ?? '']
  if (!network || !values.parameters) throw new Error(usage)
  if (network.contracts) {
    throw new Error(`${network.name} has its contracts already: ${network.contracts.channels}.`)
  }
  const parameters = deployParametersSchema.parse(
    JSON.parse(await readFile(values.parameters, 'utf8')),
  )
  const key = process.env.DEPLOYER_KEY
  if (values.send && !key) throw new Error('--send needs DEPLOYER_KEY in the environment.')
  const parsed = keySchema.safeParse(key ?? generatePrivateKey())
  // Not zod's own words: they might repeat it.
  if (!parsed.data) throw new Error('DEPLOYER_KEY is not a key: 0x and 64 hexadecimal digits.')
  const account = privateKeyToAccount(parsed.data)
  const rpcUrl = values.rpc ?? network.rpcUrls[0] ?? ''
  const { chainId } = network
  const clients = clientsOf({ rpcUrl, chainId, account })

  const actual = await clients.reader.getChainId()
  if (actual !== chainId) {
    throw new Error(`${rpcUrl} is chain ${actual}, and ${network.name} is chain ${chainId}.`)
  }
  const [balance, { maxFeePerGas }] = await Promise.all([
    clients.reader.getBalance({ address: account.address }),
    clients.reader.estimateFeesPerGas(),
  ])
  console.log(`Network   ${network.name}, chain ${chainId}, ${rpcUrl}`)
  console.log(`Sender    ${account.address}${key ? `, ${formatEther(balance)} ETH` : ' (made up)'}`)
  console.log(`With      ${words(parameters)}\n`)
  const forgeable = await developmentVerifiers()
  if (forgeable.length > 0) {
    console.log(
      `Keys      of ${forgeable.join(' and ')} are for DEVELOPMENT: whoever made them can forge`,
    )
    console.log('          proofs. What others take: packages/verification/circuits/CEREMONY.md\n')
    if (values.send && !network.isTest) {
      throw new Error(`Money that is worth something must not stand behind them. Nothing was sent.`)
    }
  }

  const deployed = await rehearseDeployment({ rpcUrl, chainId, account, parameters })
  for (const each of deployed) console.log(line(each))
  const gas = deployed.reduce((sum, { gasUsed }) => sum + gasUsed, 0n)
  const cost = gas * maxFeePerGas
  console.log(
    `\nTogether ${gas} gas: at most ${formatEther(cost)} ETH at ${formatGwei(maxFeePerGas)} gwei.`,
  )
  if (chainId !== developmentChainId) {
    console.log('A rollup adds its own fee for data on Ethereum, which is not in this sum.')
  }
  if (!values.send) {
    console.log(
      '\nThis was a rehearsal on a copy of the network: nothing was sent. --send deploys.',
    )
    return
  }
  if (balance < cost) {
    throw new Error(
      `The sender has ${formatEther(balance)} ETH, which is not enough. Nothing was sent.`,
    )
  }
  console.log(`\nSending to ${network.name}:\n`)
  const deployment = await deployContracts(clients, parameters, (each) => console.log(line(each)))
  console.log('\nFor packages/contracts/src/addresses.ts, after a review:\n')
  console.log(`  ${chainId}: {`)
  for (const name of named) {
    console.log(`    ${name}: '${deployment[name]}',`)
  }
  console.log(`    fromBlock: ${deployment.fromBlock}n,\n  },`)
}

/** Contracts whose keys no ceremony has made. */
async function developmentVerifiers(): Promise<string[]> {
  const folder = new URL('./contracts/generated/', import.meta.url)
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sol')).sort()
  const sources = await Promise.all(
    names.map(async (name) => [name, await readFile(new URL(name, folder), 'utf8')] as const),
  )
  return sources
    .filter(([, source]) => !source.includes('IS_DEVELOPMENT = false'))
    .map(([name]) => name.replace('.sol', ''))
}

function line({ name, address, gasUsed }: Deployed): string {
  return `  ${name.padEnd(12)} ${address}  ${gasUsed} gas`
}

function words(parameters: object): string {
  const text = (_: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)
  return JSON.stringify(parameters, text, 2).replaceAll('\n', '\n          ')
}

main().catch((error: unknown) => {
  const isKnown = error instanceof Error
  console.error(
    `\n${error instanceof z.ZodError ? z.prettifyError(error) : isKnown ? error.message : error}`,
  )
  process.exitCode = 1
})
