/**
 * Models between tabs as a person meets them: shared, fetched without the site, published.
 * @module
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expectAccessible } from './accessible.ts'
import { expect, test } from './fixtures.ts'
import { root } from './processes.ts'

const folder = join(root, 'public/models/bobbin')

/** Imports Bobbin's files, under another manifest where one is given, and shares the model. */
async function share(page: Page, siteUrl: string, manifest?: { name: string }): Promise<void> {
  await page.goto(`${siteUrl}/models`)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  await page.getByTestId('files-input').setInputFiles(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const buffer = await readFile(join(parentPath, name))
        const own = name === 'manifest.json' && manifest
        return {
          name,
          mimeType: 'application/octet-stream',
          buffer: own ? Buffer.from(JSON.stringify(manifest)) : buffer,
        }
      }),
    ),
  )
  await page.getByRole('switch', { name: 'Share' }).click()
  await expect(sharing(page)).toContainText('Ready. No tab asks')
}

const sharing = (page: Page) => page.getByRole('status', { name: 'Sharing' })

/** The largest messages that leave this page have a wrong bit. */
function lie(): void {
  const { send } = RTCDataChannel.prototype
  RTCDataChannel.prototype.send = function (data: unknown) {
    if (ArrayBuffer.isView(data) && data.byteLength > 30_000) {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      bytes[20_000] = (bytes[20_000] ?? 0) ^ 1
    }
    send.call(this, data as ArrayBufferView<ArrayBuffer>)
  }
}

/** Peers that this page remembers as liars. */
function countLiars(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('weft')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const peers = opening.result.transaction('peers').objectStore('peers').getAll()
          peers.onsuccess = () => {
            opening.result.close()
            resolve(peers.result.filter(({ lies }) => lies > 0).length)
          }
        }
      }),
  )
}

test('a tab gets its model from tabs alone; one that sends wrong chunks is found out', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const [honest, liar, taker] = await Promise.all([
    newBrowserPage(),
    newBrowserPage(),
    newBrowserPage(),
  ])
  await liar.addInitScript(lie)
  await Promise.all([honest, liar].map((page) => share(page, siteUrl)))
  await taker.route(/\/models\/bobbin\/(?!manifest)/, (route) => route.abort())
  await taker.goto(`${siteUrl}/models`)
  await expect(taker.getByRole('region', { name: 'Ready to use' })).toContainText('from 2 tabs')
  await taker.getByRole('button', { name: 'Load here: Bobbin' }).click()
  const loaded = taker.getByRole('status', { name: 'Bobbin' })
  await expect(loaded).toHaveText('Loaded on this device (CPU)', { timeout: 60_000 })
  await expect(honest.getByText('Given: 2.9 MB today, 2.9 MB in all.')).toBeVisible()
  await expect.poll(() => countLiars(taker)).toBe(1)
  await expectAccessible(honest)
  // The person says in another tab when this device rests.
  const other = await honest.context().newPage()
  await other.goto(`${siteUrl}/models/catalogue.json`)
  const never = JSON.stringify({ hours: { from: 0, to: 60, days: [] } })
  await other.evaluate((policy) => localStorage.setItem('weft.pause-policy', policy), never)
  await expect(sharing(honest)).toHaveText('Paused: your hours have no day.')
})

test('a published model is in another tab’s list, goes on after a reload, and runs', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const [publisher, taker] = [await newBrowserPage(), await newBrowserPage()]
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
  await share(publisher, siteUrl, { ...manifest, name: 'Heddle' })
  const speed = publisher.getByRole('combobox', { name: 'Upload at most' })
  await speed.selectOption('250 kB/s')

  await taker.goto(`${siteUrl}/models`)
  const published = taker.getByRole('region', { name: 'From other tabs' })
  await expect(published).toContainText('Nobody has checked it.')
  await expectAccessible(taker)
  const load = published.getByRole('button', { name: 'Load here: Heddle' })
  await load.click()
  await expect(published).toContainText(/Fetching the model from 1 tab: 1\.\d MB of 2\.9 MB/)
  await taker.reload()
  // Whole chunks are kept; several come at the same time, so it may be none of the large ones yet.
  await expect(taker.getByRole('list', { name: 'Kept models' })).toContainText(
    /\d [kM]B of 2\.9 MB/,
  )
  await speed.selectOption('No limit')
  await load.click()
  const loaded = published.getByRole('status', { name: 'Heddle' })
  await expect(loaded).toHaveText('Loaded on this device (CPU)', { timeout: 60_000 })
  await expect(taker.getByRole('list', { name: 'Kept models' })).toContainText('from another tab')
})
