/**
 * A tab that only checks: it takes a seat by a wallet, computes an answer of another tab again, and leaves its seat.
 * @module
 */
import { startServing } from './contributor.ts'
import { expect, test } from './fixtures.ts'
import { playground } from './playground.ts'

test('a tab takes a seat with a wallet and checks answers without serving any', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const [node, verifier, asker] = [
    await newBrowserPage(),
    await newBrowserPage(),
    await newBrowserPage(),
  ]
  await startServing(node, siteUrl, { backend: 'wasm' })
  await node.getByRole('switch', { name: 'Check answers of other tabs as well' }).click()

  await verifier.goto(`${siteUrl}/wallet`)
  await verifier.getByRole('button', { name: 'Connect Development wallet' }).click()
  await expect(verifier.getByRole('region', { name: 'Account' })).toContainText('100.00 WEFT')
  await verifier.goto(`${siteUrl}/verify`)
  const seat = verifier.getByRole('region', { name: 'Seat' })
  await expect(seat).toContainText('A seat takes 100.00 WEFT at stake.')
  await seat.getByRole('button', { name: 'Take a seat' }).click()
  await expect(seat).toContainText('This tab has a seat', { timeout: 30_000 })
  await expect(seat).toContainText('100.00 WEFT')
  await verifier.getByRole('combobox', { name: 'Backend' }).selectOption('wasm')
  await verifier.getByRole('switch', { name: 'Verify' }).click()
  const status = verifier.getByRole('status', { name: 'Verifier status' })
  await expect(status).toContainText('Ready and registered', { timeout: 60_000 })

  await asker.goto(siteUrl)
  const client = playground(asker)
  // By lot, one answer in ten would be checked before anybody asks for it.
  await client.choose('signed')
  await client.ask('Tell me a story about a fox and a lantern.')
  await client.ended()
  await asker.getByRole('button', { name: 'Receipt' }).click()
  const check = asker.getByRole('region', { name: 'Check' })
  await check.getByRole('button', { name: 'Have another tab check it' }).click()
  await expect(check).toContainText('as honest devices do', { timeout: 30_000 })
  const checks = verifier.getByRole('region', { name: 'Checks' })
  await expect(checks.getByRole('listitem')).toHaveCount(1)
  await expect(checks).toContainText('passed')

  await seat.getByRole('button', { name: 'Leave the seat' }).click()
  await expect(seat).toContainText(/leaves its seat|left its seat/, { timeout: 30_000 })
})
