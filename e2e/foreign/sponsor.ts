/**
 * An app that pays for its visitors: a gateway as a process, and a wallet that lets its key spend.
 * @module
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { injectWallet } from '../injected-wallet.ts'
import { type Running, run } from '../processes.ts'
import { confirmKey, connectWallet, deposit } from '../wallet-page.ts'

const port = 7292

export type Sponsor = { url: string; end(): Promise<void> }

/** @param page - of the app's owner. @param pageOrigin - where the visitors are */
export async function openSponsor(
  page: Page,
  siteUrl: string,
  pageOrigin: string,
): Promise<Sponsor> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-e2e-'))
  const wallet = await injectWallet(page)
  const { relays, networks } = await (await fetch(`${siteUrl}/weft.json`)).json()
  const [{ chainId, contracts }] = networks
  const app = { origins: [pageOrigin], capWei: `${10n ** 17n}`, budgetWeiPerDay: `${10n ** 18n}` }
  const config = {
    chain: {
      chainId,
      rpcUrl: `${siteUrl}/chain`,
      token: contracts.token,
      channels: contracts.channels,
    },
    funding: { payer: wallet.address },
    sponsor: { frameOrigins: [siteUrl], apps: { shop: { ...app, workBits: 12 } } },
  }
  const file = join(folder, 'gateway.json')
  await writeFile(file, JSON.stringify(config))
  const flags = ['--relay', relays[0], '--models', `${siteUrl}/models/`, '--config', file]
  const place = ['--port', `${port}`, '--ops-port', `${port + 1}`, '--state', join(folder, 'state')]
  const start = () => run(process.execPath, ['apps/gateway/src/main.ts', ...flags, ...place])

  const first = start()
  const { address } = await readiness(first)
  await first.end('SIGINT')
  await page.goto(`${siteUrl}/wallet?for=${address}&page=gateway`)
  await connectWallet(page)
  await confirmKey(page)
  await deposit(page, 2)
  const running = start()
  const { url } = await readiness(running)
  return {
    url,
    async end() {
      await running.end('SIGINT')
      await rm(folder, { recursive: true })
    },
  }
}

async function readiness(running: Running): Promise<{ address: string; url: string }> {
  return JSON.parse(await running.line('"ready":true'))
}
