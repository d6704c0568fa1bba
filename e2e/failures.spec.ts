/**
 * What a person sees when it goes wrong, and that it mends itself where it can.
 * @module
 */
import { nodeStatus, slowDown } from './contributor.ts'
import { expect, test } from './fixtures.ts'
import { onToken, playground } from './playground.ts'

const story = 'Tell me a story about a fox and a lantern.'

test('an empty prompt is not sent and says why', async ({ newBrowserPage, siteUrl }) => {
  const client = await newBrowserPage()
  await client.goto(siteUrl)
  const page = playground(client)
  await page.prompt.fill('   ')
  await page.prompt.press('Enter')
  await expect(client.getByText(/Write something/i).first()).toBeVisible()
  await expect(page.answers.getByTestId('answer-summary')).toHaveCount(0)
})

test('no nodes: local mode is one click away and answers', async ({ newBrowserPage, siteUrl }) => {
  const client = await newBrowserPage()
  await client.goto(siteUrl)
  const page = playground(client)
  await page.ask(story)
  await expect(client.getByText('No other tab serves this model right now')).toBeVisible()
  await client.getByRole('button', { name: 'Answer on this device' }).click()
  const end = await page.ended()
  expect(end).toMatchObject({ finish: 'stop', where: 'local' })
})

test('a model file that was changed is refused and named', async ({ newBrowserPage, siteUrl }) => {
  const node = await newBrowserPage()
  await node.context().route('**/onnx/model_quantized.onnx', async (route) => {
    const response = await route.fetch()
    const body = await response.body()
    body[body.length - 100] = (body[body.length - 100] ?? 0) ^ 1
    await route.fulfill({ response, body })
  })
  await node.goto(`${siteUrl}/contribute`)
  await node.getByRole('switch', { name: 'Serve' }).click()
  const status = node.getByRole('status', { name: 'Node status' })
  await expect(status).toContainText('onnx/model_quantized.onnx')
  await node.context().unroute('**/onnx/model_quantized.onnx')
  await node.getByRole('switch', { name: 'Serve' }).click()
  await expect(status).toContainText('Ready and registered', { timeout: 60_000 })
})

test('local only, an over-long prompt, a relay that goes, a node that dies: the person is told, and it goes on', async ({
  contributor,
  newBrowserPage,
  relay,
  siteUrl,
}) => {
  const { step } = test
  const node = await contributor('wasm')
  const status = nodeStatus(node)
  const client = await newBrowserPage()
  await client.goto(siteUrl)
  const page = playground(client)

  await step('an over-long prompt says by how much', async () => {
    await page.ask('word '.repeat(900))
    await expect(client.getByText(/\d+ tokens? (over|too long|too many)/i).first()).toBeVisible()
    await client.getByRole('button', { name: 'Edit the prompt' }).click()
    await expect(page.prompt).toHaveValue(/^word word/)
    await page.ask('What is 27 + 15?')
    expect(await page.ended()).toMatchObject({ finish: 'stop', where: 'network' })
  })

  await step('a relay that goes is missed, and found again by itself', async () => {
    await expect(page.networkStatus).toContainText(/online/i)
    await relay.kill()
    await expect(page.networkStatus).toContainText(/offline|cannot be reached|connecting/i)
    await expect(status).toContainText('no relay')
    await relay.restart()
    await expect(page.networkStatus).toContainText(/online/i)
    await expect(status).toContainText('Ready and registered')
    await page.ask('What is 27 + 15?')
    expect(await page.ended()).toMatchObject({ finish: 'stop', where: 'network' })
  })

  await step('local only never leaves the tab', async () => {
    await page.localOnly.click()
    await page.ask('What is 27 + 15?')
    expect(await page.ended()).toMatchObject({ finish: 'stop', where: 'local' })
    await expect(status).toContainText('Ready')
    await page.localOnly.click()
  })

  await step('a node that dies in mid-answer: the text is kept', async () => {
    await slowDown(node, 15)
    const lost = onToken(client, 5, async () => node.context().browser()?.close())
    await page.ask(story)
    await lost
    const problem = page.answers.getByRole('region', { name: 'Problem' })
    await expect(problem).toContainText(/closed|lost|gone/i, { timeout: 10_000 })
    expect((await page.answerText.innerText()).length).toBeGreaterThan(0)
    await client.getByRole('button', { name: 'Answer on this device' }).click()
    expect(await page.ended()).toMatchObject({ finish: 'stop', where: 'local' })
  })
})
