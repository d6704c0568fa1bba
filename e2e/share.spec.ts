/**
 * An answer handed on by a link: who opens it checks it without asking anybody, and can compute it again.
 * @module
 */
import { expectAccessible } from './accessible.ts'
import { expect, test } from './fixtures.ts'
import { playground } from './playground.ts'

test('a shared answer holds for who opens it, without a line to anybody; a changed one does not', async ({
  contributor,
  newBrowserPage,
  siteUrl,
}) => {
  await contributor('wasm')
  const asker = await newBrowserPage({ permissions: ['clipboard-read', 'clipboard-write'] })
  await asker.goto(siteUrl)
  const client = playground(asker)
  await client.ask('Who are you?')
  await client.ended()
  const text = await client.answerText.innerText()
  await asker.getByRole('button', { name: 'Receipt' }).click()
  await asker.getByRole('button', { name: 'Share this answer' }).click()
  await expect(asker.getByText('The link is copied.')).toBeVisible()
  const link = await asker.evaluate(() => navigator.clipboard.readText())

  const reader = await newBrowserPage()
  await reader.goto(`${siteUrl}/shared`)
  await expect(reader.getByRole('button', { name: 'Open a saved answer' })).toBeVisible()
  // What this device computes with is known by then; from here on nobody can be asked anything.
  await expect(playground(reader).networkStatus).toContainText('Online')
  const lines = await reader.context().newCDPSession(reader)
  await lines.send('Network.enable')
  const cut = (offline: boolean) =>
    lines.send('Network.emulateNetworkConditions', {
      offline,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    })
  await cut(true)
  await reader.evaluate((hash) => {
    location.hash = hash
  }, new URL(link).hash)
  await expect(reader.getByRole('heading', { name: 'Who are you?' })).toBeVisible()
  await expect(reader.getByTestId('answer-text')).toHaveText(text)
  const holds = reader.getByRole('region', { name: 'What holds' })
  await expect(holds).toContainText('has signed for this question and exactly these tokens')
  await expectAccessible(reader)

  await cut(false)
  await holds.getByRole('button', { name: 'Check on this device' }).click()
  await expect(holds).toContainText(/All \d+ tokens are the same/, { timeout: 60_000 })

  await reader.evaluate(() => {
    location.hash = `${location.hash.slice(0, 60)}${location.hash[60] === 'A' ? 'B' : 'A'}${location.hash.slice(61)}`
  })
  await expect(reader.getByText('This does not hold, so nothing of it is shown.')).toBeVisible()
  await expect(reader.getByTestId('answer-text')).toHaveCount(0)
})
