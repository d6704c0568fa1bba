/**
 * What a visitor of another site does in Weft's frame there.
 * @module
 */
import { expect, type FrameLocator, type Page } from '@playwright/test'

export function widgetOn(page: Page) {
  const frame = page.frameLocator('weft-chat iframe')
  return {
    frame,
    launcher: page.locator('weft-chat').getByRole('button'),
    allow: frame.getByRole('button', { name: /^(Allow|Erlauben)$/ }),
    prompt: frame.getByRole('textbox'),
    answers: frame.getByTestId('frame-summary'),
    answerText: frame.getByTestId('answer-text').last(),
    /** Consents as somebody who reads first. */
    async consent(who: 'network' | 'device'): Promise<void> {
      await chooseIn(frame, who)
      await expect(this.allow).toBeEnabled()
      await page.waitForTimeout(700)
      await this.allow.click()
      await expect(this.prompt).toBeVisible()
    },
    async ask(text: string): Promise<void> {
      await this.prompt.fill(text)
      await this.prompt.press('Enter')
    },
    async ended(): Promise<string> {
      await expect(this.answers.last()).toHaveAttribute('data-finish', 'stop', { timeout: 60_000 })
      return this.answerText.innerText()
    },
  }
}

async function chooseIn(frame: FrameLocator, who: 'network' | 'device'): Promise<void> {
  const name = who === 'device' ? /^(This device|Dieses Gerät)/ : /^(Other people|Tabs anderer)/
  await frame.getByRole('radio', { name }).check()
}

/** What the element tells its page, in the order of telling. */
export async function recordEvents(page: Page): Promise<() => Promise<Told[]>> {
  await page.evaluate(() => {
    const told: { name: string; detail: unknown }[] = []
    for (const name of ['open', 'close', 'ready', 'text', 'answer', 'visitor', 'error']) {
      addEventListener(`weft-${name}`, (event) =>
        told.push({ name, detail: (event as CustomEvent).detail }),
      )
    }
    Object.assign(window, { weftTold: told })
  })
  return () => page.evaluate(() => (window as unknown as { weftTold: Told[] }).weftTold)
}

export type Told = { name: string; detail: unknown }

/** Of this page alone, after a collection. */
export async function liveObjects(page: Page) {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  await session.send('Performance.enable')
  const { metrics } = await session.send('Performance.getMetrics')
  const metric = (name: string) => metrics.find((each) => each.name === name)?.value ?? 0
  const isGone = await page.evaluate(
    () => !(window as unknown as { kept?: WeakRef<Element> }).kept?.deref(),
  )
  await session.detach()
  return { frames: metric('Frames'), listeners: metric('JSEventListeners'), isGone }
}
