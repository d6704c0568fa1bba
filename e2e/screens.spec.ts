/**
 * Every screen for everybody: keyboard, screen reader, narrow, light and dark.
 * @module
 */
import type { Page } from '@playwright/test'
import { expectAccessible } from './accessible.ts'
import { expect, test } from './fixtures.ts'
import { playground } from './playground.ts'

const money = ['/wallet', `/wallet?for=0x${'5'.repeat(40)}&page=shop.example`]
const parts = {
  screen: [
    '/',
    '/contribute',
    '/verify',
    '/models',
    '/models/proved',
    '/shared',
    '/embed',
    ...money,
  ],
  'page of the docs': ['', '/reference', '/errors', '/trust', '/hosting'].map(
    (part) => `/docs${part}`,
  ),
}

for (const [part, paths] of Object.entries(parts)) {
  test(`every ${part}, light and dark: no accessibility violations, no sideways scroll at 360 px`, async ({
    newBrowserPage,
    siteUrl,
  }) => {
    const page = await newBrowserPage({ viewport: { width: 360, height: 740 } })
    for (const path of paths) {
      await test.step(path, async () => {
        await page.emulateMedia({ colorScheme: 'light' })
        await page.goto(`${siteUrl}${path}`)
        await expect(page.getByRole('status').first()).toBeVisible()
        const inLight = await background(page)
        await expectAccessible(page)
        const overflows = await page.evaluate(() =>
          [...document.querySelectorAll('html, main, [role="log"]')].map(
            ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
          ),
        )
        expect(Math.max(...overflows)).toBe(0)

        // In the dark nothing but the colours is other.
        await page.emulateMedia({ colorScheme: 'dark' })
        await page.evaluate(async () => {
          const animations = document.getAnimations()
          const fades = animations.filter((each) => each instanceof CSSTransition)
          await Promise.allSettled(fades.map(({ finished }) => finished))
        })
        expect(await background(page)).not.toBe(inLight)
        await expectAccessible(page, ['color-contrast'])
      })
    }
  })
}

function background(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
}

test('an answered prompt has no accessibility violations', async ({ newBrowserPage, siteUrl }) => {
  const page = await newBrowserPage({ reducedMotion: 'reduce' })
  await page.goto(siteUrl)
  const screen = playground(page)
  await screen.localOnly.click()
  await screen.ask('What is Weft?')
  await screen.ended()
  await expectAccessible(page)
})

test('the keyboard alone asks, stops and moves between screens', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const page = await newBrowserPage()
  await page.goto(siteUrl)
  const screen = playground(page)
  await screen.localOnly.focus()
  await page.keyboard.press('Space')
  await screen.prompt.focus()
  await page.keyboard.type('Tell me a story about a cat.')
  await page.keyboard.press('Enter')
  expect((await screen.ended()).tokens).toBeGreaterThan(10)
  await page.getByRole('link', { name: 'Contribute' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('switch', { name: 'Serve' })).toBeVisible()
})
