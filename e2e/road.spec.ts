/**
 * The main job: a prompt typed in one Chromium process, answered by the model in another.
 * @module
 */
import { type Backend, nodeStatus } from './contributor.ts'
import { expect, type RelayControl, test } from './fixtures.ts'
import { playground, recordStream } from './playground.ts'
import { run } from './processes.ts'

const story = 'Tell me a story about a fox and a lantern.'

/** What the relay counts on circuits: the only way by which a byte of one tab reaches another. */
const circuitMetric = /^libp2p_data_transfer_bytes_total\{.*\/libp2p\/circuit\//

/** Bytes that the relay carried between tabs, both directions. */
async function carriedBytes(relay: RelayControl): Promise<number> {
  const text = await (await fetch(`${relay.http}/metrics`)).text()
  const lines = text.split('\n').filter((line) => circuitMetric.test(line))
  if (lines.length === 0) throw new Error('The relay counts no circuit bytes.')
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

/** Software WebGPU makes a few tokens per second on two cores: what no backend changes is tried on the CPU. */
const prompts = { wasm: story, webgpu: 'What is Weft?' } as const

for (const backend of ['wasm', 'webgpu'] satisfies Backend[]) {
  test(`${backend}: a prompt is answered by another tab, checked${backend === 'wasm' ? ', kept' : ''} and stopped`, async ({
    contributor,
    newBrowserPage,
    relay,
    siteUrl,
  }) => {
    test.setTimeout(300_000)
    const onCpu = async (title: string, body: () => Promise<void>) => {
      if (backend === 'wasm') await test.step(title, body)
    }
    const node = await contributor(backend)
    const client = await newBrowserPage()
    await client.goto(siteUrl)
    const page = playground(client)
    await onCpu(
      'who only looks is told how many answer, and joins at the first sign of asking',
      async () => {
        await expect(page.networkStatus).toContainText('1 node live')
        await expect(page.networkStatus).toHaveAttribute('aria-live', 'off')
        await expect(client.getByRole('combobox', { name: 'Model' })).toHaveText('Bobbin')
        await page.prompt.hover()
        await expect(page.networkStatus).toContainText('Online')
        await expect(page.networkStatus).toHaveAttribute('aria-live', 'polite')
      },
    )
    await page.choose('signed')

    await test.step('the answer streams in', async () => {
      const stream = await recordStream(client)
      await page.ask(prompts[backend])
      const end = await page.ended(200_000)
      expect(end).toMatchObject({ finish: 'stop', peers: 1, where: 'network' })
      const before = (await stream()).filter(({ finish }) => finish === '')
      expect(Math.max(...before.map(({ tokens }) => tokens))).toBeGreaterThanOrEqual(24)
      expect(new Set(before.map(({ tokens }) => tokens)).size).toBeGreaterThan(4)
    })

    const text = await page.answerText.innerText()

    await test.step('the same job with the same seed on this device gives the same tokens', async () => {
      await page.answers.getByRole('button', { name: 'Receipt' }).last().click()
      await client.getByRole('button', { name: 'Check on this device' }).click()
      await expect(client.getByText(/All \d+ tokens are the same/)).toBeVisible({ timeout: 60_000 })
      await client.keyboard.press('Escape')
    })

    await onCpu('the relay carries nothing of an answer', async () => {
      const introduced = await carriedBytes(relay)
      await page.ask('Who are you?')
      await page.ended()
      await page.ask('What is 27 + 15?')
      await page.ended()
      expect(await carriedBytes(relay)).toBe(introduced)
    })

    await onCpu('a receipt is checked by keyboard alone', async () => {
      await page.answers.getByRole('button', { name: 'Receipt' }).last().focus()
      await client.keyboard.press('Enter')
      const receipt = client.getByRole('dialog')
      const check = receipt.getByRole('button', { name: 'Check on this device' })
      // Over the first stitch, which says what it is while it has the focus.
      await client.keyboard.press('Tab')
      await client.keyboard.press('Tab')
      await expect(check).toBeFocused()
      await client.keyboard.press('Escape')
      await expect(receipt).toBeHidden()
    })

    await test.step('stop stops here and at the node', async () => {
      await page.ask(story)
      // Inside the page: a story may be told before a look from outside is over.
      await client.evaluate(async () => {
        const isTelling = () => {
          const last = [...document.querySelectorAll('[data-testid="answer-summary"]')].at(-1)
          return (
            last?.getAttribute('data-finish') === '' && last.getAttribute('data-tokens') !== '0'
          )
        }
        while (!isTelling()) await new Promise((resolve) => setTimeout(resolve, 5))
        const buttons = [...document.querySelectorAll('button')]
        buttons.find((button) => (button.ariaLabel ?? button.textContent) === 'Stop')?.click()
      })
      const end = await page.ended(5_000)
      expect(end.finish).toBe('cancelled')
      await expect(nodeStatus(node)).toContainText('Ready')
      const jobs = node.getByRole('region', { name: 'Jobs' }).getByRole('listitem')
      await expect(jobs.first()).toContainText('stopped by the asker')
    })

    if (backend === 'webgpu') {
      await test.step('a tab on the CPU checks what it says, and is checked by it', async () => {
        await contributor('wasm')
        await page.answers.getByRole('button', { name: 'Receipt' }).first().click()
        const receipt = client.getByRole('dialog')
        await expect(receipt).toContainText(', WebGPU')
        await receipt.getByRole('button', { name: 'Have another tab check it' }).click()
        await expect(receipt).toContainText('Another tab chose the same', { timeout: 30_000 })
        await client.keyboard.press('Escape')

        await page.choose('always')
        // Of two the faster one answers.
        await page.ask(prompts.webgpu)
        expect(await page.ended()).toMatchObject({ finish: 'stop', peers: 1 })
        await expect(page.summary).toHaveAttribute('data-check', 'passed', { timeout: 30_000 })
        await page.answers.getByRole('button', { name: 'Receipt' }).last().click()
        await expect(receipt).toContainText(', CPU (WebAssembly)')
        await client.keyboard.press('Escape')
      })
    }

    await onCpu('a program in Node is answered by that tab, over WebRTC', async () => {
      const env = { WEFT_URL: siteUrl }
      const program = run(process.execPath, ['packages/sdk/examples/chat.ts'], { env })
      await program.line('Signed by 16Uiu2', 30_000)
      expect(await program.exited).toBe(0)
    })

    await onCpu('a reload keeps the history', async () => {
      await client.reload()
      await expect(page.answers.getByTestId('answer-text').first()).toContainText(text.slice(0, 40))
      await client.getByRole('button', { name: 'New chat' }).first().click()
      await expect(page.answers.getByTestId('answer-text')).toHaveCount(0)
      await client.getByRole('list', { name: 'History' }).getByRole('button').first().click()
      await expect(page.answers.getByTestId('answer-text').first()).toContainText(text.slice(0, 40))
    })
  })
}

test('two tabs of one browser are two peers, and one serves the other; reloaded, it is the same peer', async ({
  contributor,
  siteUrl,
}) => {
  const node = await contributor('wasm')
  const client = await node.context().newPage()
  await client.goto(siteUrl)
  const page = playground(client)
  await page.ask(story)
  expect(await page.ended()).toMatchObject({ finish: 'stop', peers: 1, where: 'network' })
  await expect(node.getByText('done, signed')).toBeVisible()

  const peer = node.getByTestId('own-peer-id')
  const before = await peer.textContent()
  expect(before).toMatch(/16Uiu2/)
  await node.reload()
  await expect(peer).toHaveText(before ?? '')
})
