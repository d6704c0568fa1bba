/**
 * Who pays for what is asked in other people's pages.
 * @module
 */
import { startServing } from './contributor.ts'
import { expect, test } from './foreign/fixtures.ts'
import { injectWallet } from './injected-wallet.ts'
import { confirmKey, connectWallet, deposit } from './wallet-page.ts'
import { widgetOn } from './widget-page.ts'

const sum = 'What is 27 + 15?'

test('an app pays for its visitors by grants; then a wallet, by a limit set on Weft’s own site', async ({
  visitor,
  newBrowserPage,
  siteUrl,
  foreign,
  sponsor,
}) => {
  await startServing(await newBrowserPage(), siteUrl, {
    backend: 'wasm',
    price: { input: '1', output: '2' },
  })
  const page = await visitor()
  await page.goto(`${foreign.url}/examples/plain.html`)
  await page.locator('weft-chat').evaluate((chat, url) => {
    chat.setAttribute('gateway', url)
    chat.setAttribute('app', 'shop')
  }, sponsor.url)
  const widget = widgetOn(page)
  await widget.launcher.click()
  await expect(widget.frame.getByText('127.0.0.1:7295 pays those')).toBeVisible()
  await widget.consent('network')
  await widget.ask(sum)
  expect(await widget.ended()).toContain('42')
  await expect(widget.answers).toContainText('WEFT')
  await widget.frame.getByRole('button', { name: 'Settings' }).click()
  const payer = widget.frame.getByTestId('paid-by')
  await expect(payer).toContainText('127.0.0.1:7295 pays for you here, up to 0.10 WEFT')

  const opening = page.waitForEvent('popup')
  await widget.frame.getByRole('link', { name: 'Let a wallet pay' }).click()
  const popup = await opening
  const walletUrl = popup.url()
  const digits = await widget.frame.locator('code').innerText()
  await popup.close()
  const walletPage = await page.context().newPage()
  await injectWallet(walletPage)
  await walletPage.goto(walletUrl)
  await connectWallet(walletPage)
  await expect(walletPage.locator('code').first()).toHaveText(digits)
  await confirmKey(walletPage)
  await deposit(walletPage, 2)
  await walletPage.close()
  await expect(payer).toHaveText('Your wallet pays here, up to 2.00 WEFT in all.')
  await widget.frame.getByRole('button', { name: 'Settings' }).click()
  await widget.ask(sum)
  await expect(widget.answers).toHaveCount(2)
  await widget.ended()
  await expect(widget.answers.last()).toContainText('WEFT')

  // A page spends nothing of a wallet by itself.
  const asked = page.evaluate((text) => {
    const chat = document.querySelector('weft-chat') as unknown as Asking
    return chat.ask(text).catch(({ code }: { code: string }) => code)
  }, sum)
  await expect(widget.frame.getByText('your wallet would pay for it')).toBeVisible()
  await widget.frame.getByRole('button', { name: 'Not now' }).click()
  expect(await asked).toBe('widget/declined')
  await expect(widget.answers).toHaveCount(2)
})

type Asking = { ask(text: string): Promise<unknown> }
