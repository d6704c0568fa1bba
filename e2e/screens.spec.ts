/**
 * Every screen for everybody: keyboard, screen reader, narrow, light and dark.
 * @module
 */
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

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [part, paths] of Object.entries(parts)) {
    test(`every ${part} in ${colorScheme}: no accessibility violations, no sideways scroll at 360 px`, async ({
      newBrowserPage,
      siteUrl,
    }) => {
      const page = await newBrowserPage({ colorScheme, viewport: { width: 360, height: 740 } })
      for (const path of paths) {
        await test.step(path, async () => {
          await page.goto(`${siteUrl}${path}`)
          await expect(page.getByRole('status').first()).toBeVisible()
          // In the dark nothing but the colours is other.
          await expectAccessible(page, colorScheme === 'dark' ? ['color-contrast'] : undefined)
          const overflows = await page.evaluate(() =>
            [...document.querySelectorAll('html, main, [role="log"]')].map(
              ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
            ),
          )
          expect(Math.max(...overflows)).toBe(0)
        })
      }
    })
  }
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
