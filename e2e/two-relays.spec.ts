/**
 * Two relays that share a directory: a tab that was told of one asks a tab that knows only the other.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { playground } from './playground.ts'
import { type Relay, startRelay } from './processes.ts'

const ports = [7283, 7286]

/** Each must name the other, so each is started once to learn its name. */
async function startFellows(folder: string): Promise<Relay[]> {
  const places = ports.map((port, index) => ({ port, keyFile: join(folder, `${index}.key`) }))
  const alone = await Promise.all(places.map(({ port, keyFile }) => startRelay(port, keyFile)))
  await Promise.all(alone.map((relay) => relay.end()))
  return Promise.all(
    places.map(({ port, keyFile }, index) => {
      const others = alone.toSpliced(index, 1)
      return startRelay(port, keyFile, ...others.flatMap(({ address }) => ['--peers', address]))
    }),
  )
}

/** The site as its owner would configure it for this relay. */
async function configure(page: Page, { address }: Relay): Promise<void> {
  await page.route('**/weft.json', async (route) => {
    const config = await (await route.fetch()).json()
    await route.fulfill({ json: { ...config, relays: [address] } })
  })
}

test('a node of one relay answers a tab of the other', async ({ newBrowserPage, siteUrl }) => {
  test.setTimeout(180_000)
  const folder = await mkdtemp(join(tmpdir(), 'weft-e2e-'))
  const relays = await startFellows(folder)
  try {
    const [first, second] = relays as [Relay, Relay]
    const node = await newBrowserPage()
    await configure(node, first)
    await node.goto(`${siteUrl}/contribute`)
    await node.getByRole('combobox', { name: 'On battery' }).selectOption('serve')
    await node.getByRole('switch', { name: 'Serve' }).click()
    const status = node.getByRole('status', { name: 'Node status' })
    await status.filter({ hasText: 'Ready and registered' }).waitFor({ timeout: 90_000 })

    const client = await newBrowserPage()
    await configure(client, second)
    await client.goto(siteUrl)
    const page = playground(client)
    await page.ask('Tell me a story about a fox and a lantern.')
    expect(await page.ended(120_000)).toMatchObject({ finish: 'stop', peers: 1, where: 'network' })
  } finally {
    // A relay that is left would keep its port from the next run.
    await Promise.all(relays.map((relay) => relay.end('SIGKILL')))
    await rm(folder, { recursive: true })
  }
})
