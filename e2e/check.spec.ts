/**
 * An answer of one tab, checked by another: what it found is on the receipt and in the row.
 * @module
 */
import { startServing } from './contributor.ts'
import { expect, test } from './fixtures.ts'
import { playground } from './playground.ts'

const story = 'Tell me a story about a fox and a lantern.'

test('a tab that did not answer computes the answer again and signs what it found', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const nodes = [await newBrowserPage(), await newBrowserPage()]
  const [first, second] = nodes
  if (!first || !second) throw new Error('no pages')
  await startServing(first, siteUrl, { backend: 'wasm' })
  const page = await newBrowserPage()
  await page.goto(siteUrl)
  const client = playground(page)
  const check = page.getByRole('region', { name: 'Check' })
  const receipt = page.getByRole('button', { name: 'Receipt' })
  await client.choose('always')
  await client.ask(story)
  expect(await client.ended()).toMatchObject({ finish: 'stop', peers: 1 })
  await expect(client.summary).toContainText('signed, being checked')
  // What waits is not forgotten.
  await page.reload()
  await expect(client.summary).toContainText('signed, being checked')
  await startServing(second, siteUrl, { backend: 'wasm' })
  await expect(client.summary).toContainText('checked by another tab', { timeout: 45_000 })
  await page.reload()
  await expect(client.summary).toContainText('checked by another tab')
  await receipt.click()
  await expect(check).toContainText('Another tab computed it again:')
  await expect(check).toContainText(/all \d+ choices are the same/)
  await page.keyboard.press('Escape')

  // Nobody is asked for the next one before the person does.
  await client.choose('signed')
  await client.ask(story)
  expect(await client.ended()).toMatchObject({ finish: 'stop', peers: 1 })
  await receipt.last().click()
  await check.getByRole('button', { name: 'Have another tab check it' }).click()
  await expect(check).toContainText('Another tab chose the same, as honest devices do.', {
    timeout: 30_000,
  })
  await page.keyboard.press('Escape')
  await expect(client.summary).toContainText('checked by another tab')

  // Both answer the next one at once.
  await client.choose('quorum')
  await client.ask(story)
  expect(await client.ended()).toMatchObject({ finish: 'stop', peers: 1 })
  await expect(client.summary).toContainText('the same from 2 tabs')
  await receipt.last().click()
  await expect(check).toContainText(/Two tabs answered at once and chose the same \d+ tokens/)
  await expect(page.getByRole('region', { name: 'Answered at the same time' })).toContainText(
    ', signed',
  )
})
