/**
 * What a person does and sees in the Playground.
 * @module
 */
import { expect, type Page } from '@playwright/test'

export function playground(page: Page) {
  const answers = page.getByRole('log', { name: 'Answer' })
  const summaries = answers.getByTestId('answer-summary')
  return {
    prompt: page.getByRole('textbox', { name: 'Prompt' }),
    send: page.getByRole('button', { name: 'Send' }),
    stop: page.getByRole('button', { name: 'Stop' }),
    localOnly: page.getByRole('switch', { name: 'Local only' }),
    networkStatus: page.getByRole('status', { name: 'Network status' }),
    answers,
    answerText: answers.getByTestId('answer-text').last(),
    summaries,
    summary: summaries.last(),
    async ask(text: string) {
      const asked = await summaries.count()
      await this.prompt.fill(text)
      await this.send.click()
      await summaries.nth(asked).waitFor({ state: 'attached' })
    },
    /** Chooses how far answers are checked, from now on. */
    async choose(grade: 'signed' | 'sampled' | 'always' | 'quorum') {
      const settings = page.getByRole('button', { name: /^Settings/ })
      await settings.click()
      await page.getByLabel('How far answers are checked').selectOption(grade)
      await settings.click()
    },
    /** Waits for the end of the last answer. @returns its machine-readable summary */
    async ended(timeoutMs = 60_000) {
      const { summary } = this
      await expect(summary).not.toHaveAttribute('data-finish', '', { timeout: timeoutMs })
      const [finish, tokens, peers, where] = await Promise.all(
        ['finish', 'tokens', 'peers', 'where'].map((name) => summary.getAttribute(`data-${name}`)),
      )
      if (finish === 'failed') throw new Error(`The answer failed:\n${await answers.innerText()}`)
      return { finish, tokens: Number(tokens), peers: Number(peers), where }
    },
  }
}

/**
 * Records, inside the page, the time of every change of the last answer's token count.
 * @returns a function that reads the record
 */
export async function recordStream(page: Page) {
  await page.evaluate(() => {
    const record: { atMs: number; tokens: number; finish: string }[] = []
    const look = () => {
      const summaries = document.querySelectorAll('[data-testid="answer-summary"]')
      const last = summaries[summaries.length - 1]
      if (!last) return
      const tokens = Number(last.getAttribute('data-tokens'))
      const finish = last.getAttribute('data-finish') ?? ''
      const previous = record.at(-1)
      if (previous?.tokens === tokens && previous.finish === finish) return
      record.push({ atMs: Date.now(), tokens, finish })
    }
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    })
    Object.assign(window, { weftRecord: record })
  })
  return () =>
    page.evaluate(
      () =>
        (window as unknown as { weftRecord: { atMs: number; tokens: number; finish: string }[] })
          .weftRecord,
    )
}

/** Stops the next answer at so many tokens, inside the page: from outside, a short one may be over before. */
export async function stopAtToken(client: Page, count: number): Promise<void> {
  await client.evaluate((enough) => {
    const observer = new MutationObserver(() => {
      const summary = [...document.querySelectorAll('[data-testid="answer-summary"]')].at(-1)
      const isTelling = summary?.getAttribute('data-finish') === ''
      if (!isTelling || Number(summary?.getAttribute('data-tokens')) < enough) return
      const buttons = [...document.querySelectorAll('button')]
      const stop = buttons.find((button) => (button.ariaLabel ?? button.textContent) === 'Stop')
      if (!stop) return
      observer.disconnect()
      stop.click()
    })
    observer.observe(document.body, { subtree: true, childList: true, attributes: true })
  }, count)
}

/** Records, inside the page, every sentence about its place in a queue. @returns reads the record */
export async function recordQueue(page: Page) {
  await page.evaluate(() => {
    const record: string[] = []
    const look = () => {
      const line = document.querySelector('[role="status"][aria-label="Place in the queue"]')
      const text = line?.textContent
      if (text && text !== record.at(-1)) record.push(text)
    }
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    })
    Object.assign(window, { weftQueue: record })
  })
  return () => page.evaluate(() => (window as unknown as { weftQueue: string[] }).weftQueue)
}

/** Acts as soon as the answer that is being told has so many tokens: it takes a third of a second. */
export async function onToken(
  client: Page,
  count: number,
  act: () => Promise<unknown>,
): Promise<void> {
  await client.evaluate(async (enough) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const observer = new MutationObserver(() => {
      const summary = [...document.querySelectorAll('[data-testid="answer-summary"]')].at(-1)
      const isTelling = summary?.getAttribute('data-finish') === ''
      if (isTelling && Number(summary?.getAttribute('data-tokens')) >= enough) resolve()
    })
    observer.observe(document.body, { subtree: true, childList: true, attributes: true })
    await promise
    observer.disconnect()
  }, count)
  await act()
}
