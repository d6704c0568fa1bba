/**
 * More people than places: who waits is told for how long, and is answered.
 * @module
 */
import { expect, test } from './fixtures.ts'
import { playground, recordQueue } from './playground.ts'

const story = 'Tell me a story about a fox and a lantern.'

test('a tab with one place and three that ask: the third is told about how long, and is answered', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const node = await newBrowserPage()
  await node.goto(`${siteUrl}/contribute`)
  await node.getByRole('combobox', { name: 'Backend' }).selectOption('wasm')
  await node.getByRole('combobox', { name: 'Jobs at once' }).selectOption('1')
  await node.getByRole('combobox', { name: 'On battery' }).selectOption('serve')
  await node.getByRole('switch', { name: 'Serve' }).click()
  const status = node.getByRole('status', { name: 'Node status' })
  await expect(status).toContainText('Ready and registered', { timeout: 90_000 })

  // Tabs of one browser: three peers at the cost of one process.
  const first = await newBrowserPage()
  const pages = [first, await first.context().newPage(), await first.context().newPage()]
  const clients = pages.map((page) => playground(page))
  for (const page of pages) await page.goto(siteUrl)
  // Once each, so that all are connected: an answer takes a third of a second, a dial may, too.
  for (const client of clients) {
    await client.ask('What is 27 + 15?')
    await client.ended()
  }
  const records = await Promise.all(pages.map((page) => recordQueue(page)))
  for (const client of clients) await client.prompt.fill(story)
  // Without a pointer's way to the button: the first story takes a quarter of a second.
  await Promise.all(clients.map((client) => client.send.dispatchEvent('click')))
  for (const { summaries } of clients) await expect(summaries).toHaveCount(2)
  for (const client of clients) {
    expect(await client.ended()).toMatchObject({ finish: 'stop', where: 'network' })
  }
  const told = (await Promise.all(records.map((read) => read()))).filter(({ length }) => length > 0)
  expect(told.length).toBeGreaterThan(0)
  expect(told.flat().join()).toMatch(
    /Every tab is busy\. Your turn comes in (a few seconds|about \d+ s)\./,
  )
  await expect(status).toContainText('Ready and registered')
})
