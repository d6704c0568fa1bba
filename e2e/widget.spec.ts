/**
 * `<weft-chat>` in other people's pages.
 * @module
 */
import type { Page } from '@playwright/test'
import { expect, test } from './foreign/fixtures.ts'
import { playground } from './playground.ts'
import { liveObjects, recordEvents, widgetOn } from './widget-page.ts'

const sum = 'What is 27 + 15?'

test('a plain page: nothing before it is opened, this device alone answers, nothing stays behind', async ({
  visitor,
  siteUrl,
  foreign,
}) => {
  const page = await visitor()
  const fetched: string[] = []
  page.on('request', (request) => {
    if (request.url().startsWith(siteUrl)) fetched.push(request.url().slice(siteUrl.length))
  })
  const sockets: string[] = []
  page.on('websocket', (socket) => sockets.push(socket.url()))
  await page.goto(`${foreign.url}/examples/plain.html`)
  const told = await recordEvents(page)
  const widget = widgetOn(page)
  await expect(widget.launcher).toHaveText('Ask')
  expect(await askHow(page, 'x'.repeat(8_001))).toBe('widget/bad-question')
  expect(fetched).toEqual(['/widget.js'])
  const before = await liveObjects(page)

  await widget.launcher.click()
  await expect(widget.frame.getByRole('heading', { level: 2 })).toContainText('127.0.0.1')
  await widget.frame.getByRole('button', { name: 'Not now' }).click()
  await expect(widget.launcher).toBeFocused()
  await expect(page.locator('weft-chat iframe')).toBeHidden()
  await page.keyboard.press('Enter')
  // No click counts before there was time to read.
  await expect(widget.allow).toBeVisible()
  expect(fetched.filter((path) => /bobbin\/(?!manifest)/.test(path))).toEqual([])
  await widget.consent('device')
  await widget.ask(sum)
  expect(await widget.ended()).toContain('42')
  await expect(widget.answers).toHaveAttribute('data-peers', '0')
  expect(sockets).toEqual([])
  const names = (await told()).map(({ name }) => name)
  expect(names).toEqual(['open', 'ready', 'close', 'open', 'visitor'])
  expect(JSON.stringify(await told())).not.toContain('42')

  await page.reload()
  await widget.launcher.click()
  await expect(widget.answerText).toContainText('42')
  await widget.frame.getByRole('button', { name: 'Close' }).press('Escape')
  await expect(widget.launcher).toBeFocused()

  await page.evaluate(() => {
    const chat = document.querySelector('weft-chat')
    Object.assign(window, { kept: new WeakRef(chat as Element) })
    chat?.remove()
  })
  await expect.poll(() => page.frames().length).toBe(1)
  await expect
    .poll(async () => {
      const after = await liveObjects(page)
      return after.frames <= before.frames && after.listeners <= before.listeners && after.isGone
    })
    .toBe(true)
})

test('a page in React asks, another tab answers, once the visitor has allowed it', async ({
  visitor,
  contributor,
  foreign,
}) => {
  await contributor('wasm')
  const page = await visitor()
  await page.goto(`${foreign.url}/examples/react.html`)
  const told = await recordEvents(page)
  const widget = widgetOn(page)
  await page.getByRole('button', { name: 'Tell a story' }).click()
  await expect(widget.frame.getByText('Tell me a story about a fox')).toBeVisible()
  await widget.consent('network')
  const text = await widget.ended()
  await expect(page.locator('output')).toHaveText(text, { useInnerText: true })
  await expect(widget.answers).toHaveAttribute('data-peers', '1')
  await expect(widget.frame.getByText('127.0.0.1:7295 asked')).toBeVisible()
  const events = await told()
  expect(events.filter(({ name }) => name === 'text').length).toBeGreaterThan(2)
  expect(events.at(-1)).toMatchObject({ name: 'answer', detail: { peers: 1, finish: 'stop' } })
})

test('under a strict policy nothing is violated, in German, in the page’s own colours', async ({
  visitor,
  foreign,
}) => {
  const page = await visitor({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' })
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.goto(`${foreign.url}/examples/strict.html`)
  const widget = widgetOn(page)
  await expect(widget.launcher).toHaveCSS('background-color', 'rgb(44, 74, 138)')
  await widget.launcher.click()
  await expect(widget.frame.getByText('Wer rechnet die Antworten?')).toBeVisible()
  await expect(widget.frame.getByRole('radio', { name: /^Dieses Gerät/ })).toBeChecked()
  await widget.consent('device')
  await widget.ask(sum)
  expect(await widget.ended()).toContain('42')
  await expect(widget.answers).toContainText('dieses Gerät')
  await expect(widget.frame.locator('html')).toHaveCSS('color-scheme', 'light')
  expect(complaints).toEqual([])
})

test('a page that fades its frame gets no consent there: a window of Weft asks', async ({
  visitor,
  foreign,
}) => {
  const page = await visitor()
  await page.goto(`${foreign.url}/examples/blog.html`)
  const widget = widgetOn(page)
  await widget.launcher.click()
  await expect(widget.allow).toHaveCount(0)
  const opening = page.waitForEvent('popup')
  await widget.frame.getByRole('button', { name: 'Decide in a window of Weft' }).click()
  const apart = await opening
  await expect(apart.getByRole('heading', { level: 2 })).toContainText('127.0.0.1:7295')
  // A window that cannot show all of it at once is no dead end.
  await apart.setViewportSize({ width: 360, height: 240 })
  const allow = apart.getByRole('button', { name: 'Allow' })
  await expect(allow).toBeEnabled()
  await apart.waitForTimeout(700)
  const closed = apart.waitForEvent('close')
  await allow.click()
  await closed
  await expect(widget.prompt).toBeVisible()
})

test('a visitor who says no answers nobody, one who says yes answers another tab, until the page lets go', async ({
  visitor,
  newBrowserPage,
  siteUrl,
  relay,
  foreign,
}) => {
  const registered = async () => (await (await fetch(`${relay.http}/health`)).json()).registered
  const page = await visitor()
  const weights: string[] = []
  page.on('request', (request) => {
    if (/bobbin\/(?!manifest)/.test(request.url())) weights.push(request.url())
  })
  await page.goto(`${foreign.url}/examples/plain.html`)
  const widget = widgetOn(page)
  await widget.launcher.click()
  await widget.consent('network')
  await widget.frame.getByRole('button', { name: 'Settings' }).click()
  const contribute = widget.frame.getByRole('switch', { name: 'Answer for others' })
  await expect(contribute).not.toBeChecked()

  // In a frame that the page has faded a window asks, and its no is a no.
  const fade = (opacity: string) =>
    page.locator('weft-chat iframe').evaluate((frame, to) => {
      frame.style.opacity = to
    }, opacity)
  await fade('0.9')
  await page.waitForTimeout(500)
  const opening = page.waitForEvent('popup')
  await contribute.click()
  const apart = await opening
  await expect(apart.getByRole('heading')).toHaveText(
    'Answer for others while 127.0.0.1:7295 is open?',
  )
  // The frame closes the window once it has heard, and would begin at that moment.
  const closed = apart.waitForEvent('close')
  await apart.getByRole('button', { name: 'Not now' }).click()
  await closed

  await fade('')
  await page.waitForTimeout(1_000)
  await expect(contribute).not.toBeChecked()
  expect(weights).toEqual([])
  expect(await registered()).toBe(0)
  await contribute.click()
  await expect(widget.frame.getByText('Ready and registered')).toBeVisible({ timeout: 30_000 })
  const other = await newBrowserPage()
  await other.goto(siteUrl)
  await playground(other).ask(sum)
  expect(await playground(other).ended()).toMatchObject({ finish: 'stop', peers: 1 })
  await expect(playground(other).answerText).toContainText('42')

  // This browser keeps nothing for frames of other sites: all of it is for the visit.
  await other.goto(`${foreign.url}/examples/plain.html`)
  const visit = widgetOn(other)
  await visit.launcher.click()
  await expect(visit.frame.getByText('lasts for this visit')).toBeVisible()
  await visit.consent('network')
  await visit.ask(sum)
  expect(await visit.ended()).toContain('42')

  await page.evaluate(() => document.querySelector('weft-chat')?.remove())
  await expect.poll(registered).toBe(0)
})

test('a page that attacks gets nothing allowed, nothing asked and nothing to read', async ({
  visitor,
  siteUrl,
  foreign,
}) => {
  const page = await visitor()
  const fetched: string[] = []
  page.on('request', (request) => fetched.push(request.url()))
  const sockets: string[] = []
  page.on('websocket', (socket) => sockets.push(socket.url()))
  await page.goto(`${foreign.url}/attack.html`)
  const widget = widgetOn(page)
  await widget.launcher.click()
  await expect(widget.allow).toBeEnabled()
  expect(await attack(page, 'read')).toEqual({
    document: 'null',
    storage: 'SecurityError',
    body: 'SecurityError',
    place: 'SecurityError',
  })
  expect(await attack(page, 'forge')).toEqual([])

  // Something over the frame that lets clicks through.
  const box = await widget.allow.boundingBox()
  await attack(page, 'bait', true)
  const { x = 0, y = 0, width = 0, height = 0 } = box ?? {}
  await page.mouse.click(x + width / 2, y + height / 2)
  await expect(widget.frame.getByText('cannot be sure that you see this')).toBeVisible()
  await attack(page, 'bait', false)
  // At the last moment before the click, and away at once.
  await expect(widget.allow).toBeEnabled()
  await page.waitForTimeout(700)
  await attack(page, 'bait', true)
  await page.mouse.click(x + width / 2, y + height / 2)
  await page.waitForTimeout(400)
  await attack(page, 'bait', false)
  await expect(widget.allow).toBeVisible()

  // What the page takes back waits no longer.
  expect(await askHow(page, 'Never mind', 1_000)).toBe('widget/cancelled')
  await expect(widget.frame.getByText('Never mind')).toHaveCount(0)

  await attack(page, 'flood')
  await expect(widget.allow).toBeVisible()
  await attack(page, 'reparent')
  await page.waitForTimeout(1_000)
  const moved = page.frames().find((frame) => frame.url().startsWith(`${siteUrl}/widget/`))
  await expect(moved?.getByRole('button', { name: 'Allow' }) ?? page.locator('none')).toHaveCount(0)

  const heard = await page.evaluate(() => (window as unknown as Attack).attack.heard)
  expect(heard.filter(({ name }) => name !== 'ready' && name !== 'error')).toEqual([])
  expect(
    fetched
      .filter((url) => /bobbin\/(?!manifest)|weft\.json$/.test(url))
      .filter((url) => url.includes('bobbin')),
  ).toEqual([])
  expect(sockets).toEqual([])
  expect(await keptKeys(page, siteUrl)).toBe(0)
})

type Attack = {
  attack: { heard: { name?: string }[] } & Record<string, (...args: unknown[]) => unknown>
}

function attack(page: Page, how: string, ...args: unknown[]): Promise<unknown> {
  return page.evaluate(
    ([name, rest]) =>
      (window as unknown as Attack).attack[name as string]?.(...(rest as unknown[])),
    [how, args] as const,
  )
}

/** @returns the code that the page's question ends with. @param stopMs - after which the page takes it back */
function askHow(page: Page, text: string, stopMs = 60_000): Promise<string> {
  return page.evaluate(
    async ([question, ms]) => {
      const chat = document.querySelector('weft-chat') as unknown as Asking
      const ended = chat.ask(question, { signal: AbortSignal.timeout(ms) })
      return ended.then(
        () => 'answered',
        ({ code }: { code: string }) => code,
      )
    },
    [text, stopMs] as const,
  )
}

type Asking = { ask(text: string, options: { signal: AbortSignal }): Promise<unknown> }

/** Keys that Weft's frame has made, in the storage that it has on this site. */
async function keptKeys(page: Page, siteUrl: string): Promise<number> {
  const frame = page.frames().find((each) => each.url().startsWith(siteUrl))
  return (await frame?.evaluate(async () => (await indexedDB.databases()).length)) ?? 0
}
