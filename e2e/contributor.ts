/**
 * What a person does on Contribute to serve.
 * @module
 */
import { expect, type Page } from '@playwright/test'

export type Backend = 'wasm' | 'webgpu'

export type Serving = {
  backend: Backend
  /** For a million tokens, as typed; without one it answers for nothing. */
  price?: { input: string; output: string }
  /** False: it leaves checking to others. */
  checks?: boolean
}

export function nodeStatus(page: Page) {
  return page.getByRole('status', { name: 'Node status' })
}

/** Waits until others find it. */
export async function startServing(
  page: Page,
  siteUrl: string,
  { backend, price, checks = true }: Serving,
): Promise<void> {
  await page.goto(`${siteUrl}/contribute`)
  await page.getByRole('combobox', { name: 'Backend' }).selectOption(backend)
  await page.getByRole('combobox', { name: 'On battery' }).selectOption('serve')
  if (price) {
    await page.getByLabel('A million tokens of prompts').fill(price.input)
    await page.getByLabel('A million tokens of answers').fill(price.output)
  }
  if (!checks) await page.getByRole('switch', { name: 'Check answers of other tabs' }).click()
  await page.getByRole('switch', { name: 'Serve', exact: true }).click()
  await untilServing(page)
}

export async function untilServing(page: Page): Promise<void> {
  await expect(nodeStatus(page)).toContainText('Ready and registered', { timeout: 90_000 })
}

/** The tab that says it answers. */
export async function findAnswering(nodes: readonly Page[]): Promise<Page> {
  const words = await Promise.all(nodes.map((node) => nodeStatus(node).innerText()))
  const found = nodes[words.findIndex((text) => text.includes('Answering'))]
  if (!found) throw new Error(`No tab says that it answers: ${words.join(' / ')}`)
  return found
}

/** Ends its browser's processes as a crash does. */
export async function crash(page: Page, command: 'Page.crash' | 'Browser.crash'): Promise<void> {
  const session = await page.context().newCDPSession(page)
  // There is nobody left to answer.
  session.send(command).catch(() => {})
}

/**
 * From now on every message of each of its streams waits for the one before: an answer that takes a
 * third of a second takes some seconds, and what a test does in its middle is done in its middle.
 */
export async function slowDown(page: Page, messageMs: number): Promise<void> {
  await page.evaluate((spacingMs) => {
    const { send } = RTCDataChannel.prototype
    const last = new WeakMap<RTCDataChannel, Promise<void>>()
    RTCDataChannel.prototype.send = function (data: unknown) {
      const bytes = (data as Uint8Array).slice()
      // One behind the other: timers that are due at about the same time may fire in any order.
      const sendLate = async () => {
        await last.get(this)
        await new Promise((resolve) => setTimeout(resolve, spacingMs))
        if (this.readyState === 'open') send.call(this, bytes as never)
      }
      last.set(this, sendLate())
    }
  }, messageMs)
}
