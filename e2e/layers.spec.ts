/**
 * A model over tabs: one reads prompts and answers, another computes layers for it; a client sees one node.
 */
import type { Page } from '@playwright/test'
import { nodeStatus, slowDown } from './contributor.ts'
import { expect, test } from './fixtures.ts'
import { onToken, playground } from './playground.ts'

const parts = { head: /reads prompts and answers/, layers: /for other tabs/ }

test('layers computed by another tab, which is closed in mid-answer while a third stands by', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const serve = async (part: RegExp): Promise<Page> => {
    const page = await newBrowserPage()
    await page.goto(`${siteUrl}/contribute`)
    await page.getByRole('combobox', { name: 'Backend' }).selectOption('wasm')
    await page.getByRole('combobox', { name: 'On battery' }).selectOption('serve')
    const share = page.getByRole('combobox', { name: 'Share' })
    const label = await share.locator('option').filter({ hasText: part }).textContent()
    await share.selectOption({ label: label ?? '' })
    await page.getByRole('switch', { name: 'Serve' }).click()
    await nodeStatus(page).filter({ hasText: 'Ready and registered' }).waitFor({ timeout: 60_000 })
    return page
  }
  const layers = await Promise.all([serve(parts.layers), serve(parts.layers)])
  const head = await serve(parts.head)
  const findUsed = async (): Promise<number> => {
    const texts = await Promise.all(layers.map((page) => nodeStatus(page).textContent()))
    return texts.indexOf('Computes layers 2 to 4 of 4 for one other tab.')
  }
  await expect.poll(findUsed).not.toBe(-1)
  const inUse = await findUsed()
  const [used, standby] = [layers[inUse], layers[1 - inUse]]
  await expect(nodeStatus(standby as Page)).toHaveText(/Ready and registered: layers 2 to 4 of 4/)

  await slowDown(head, 15)
  const client = await newBrowserPage()
  await client.goto(siteUrl)
  const page = playground(client)
  const lost = onToken(client, 5, async () => used?.close())
  await page.ask('Tell me a story about a fox and a lantern.')
  await lost
  // The client sees one node, and no handover.
  expect(await page.ended()).toMatchObject({ finish: 'stop', where: 'network', peers: 1 })
  await expect(nodeStatus(standby as Page)).toHaveText(/Computes layers 2 to 4 of 4/)
  await expect(nodeStatus(head)).toHaveText(/Ready and registered/)

  await page.answers.getByRole('button', { name: 'Receipt' }).click()
  const receipt = client.getByRole('dialog')
  await receipt.getByRole('button', { name: 'Check on this device' }).click()
  await expect(receipt.getByText(/All \d+ tokens are the same/)).toBeVisible({ timeout: 60_000 })
})
