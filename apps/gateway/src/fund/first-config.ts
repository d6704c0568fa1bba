/**
 * What to write into the `gateway.json` that a wallet is to pay by, where there is none yet.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { WeftError } from '@weft/protocol'
import { openConfig } from '../config.ts'

const weiPerMillion = `${200n * 10n ** 18n}`
const somewhere = { chainId: 8453, rpcUrl: 'https://…', token: '0x…', channels: '0x…' }

/** The contracts of `npm start`, whose gateway has its folder beside theirs, are named as they are. */
export async function noConfig({ config, state }: { config: string; state: string }) {
  const local = await readLocalChain(join(dirname(state), 'chain', 'contracts.json'))
  const file = {
    ...openConfig,
    maxPrice: { inputWeiPerMillion: weiPerMillion, outputWeiPerMillion: weiPerMillion },
    chain: local ?? somewhere,
  }
  const hint = local
    ? ' It names the chain of npm start, which has to run: mind its port in rpcUrl. Its gateway reads the file at the next start.'
    : ''
  const sentence = `There is no ${config}. Write this there, then run the command again.${hint} maxPrice is the most that a node may ask for.`
  return new WeftError('gateway/config', `${sentence}\n\n${JSON.stringify(file, null, 2)}\n\n`)
}

/** @param path - of what `npm start` keeps of its deployment; null where it is not there */
async function readLocalChain(path: string) {
  try {
    const { token, channels } = JSON.parse(await readFile(path, 'utf8')).contracts
    return { chainId: 31_337, rpcUrl: 'http://localhost:7070/chain', token, channels }
  } catch {
    return null
  }
}
