/**
 * A tab whose prover's worker says something else than it computed: all else of the page is as honest tabs have it.
 * @module
 */
import type { Page } from '@playwright/test'

declare global {
  interface Window {
    /** Whether what is proved is altered. */
    weftTamper?: boolean
  }
}

/** To be called before the page opens; it is honest until `tamper`. */
export async function tapProver(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.Worker = class extends Worker {
      override set onmessage(listen: ((event: MessageEvent) => void) | null) {
        super.onmessage = listen && ((event) => listen(altered(event)))
      }
    }

    /** Of three scores the second. */
    function altered(event: MessageEvent): MessageEvent {
      const { data } = event
      if (data?.type !== 'proved' || !window.weftTamper) return event
      const publicSignals = [...data.proved.publicSignals]
      publicSignals[1] += 1n << 40n
      return new MessageEvent('message', {
        data: { ...data, proved: { ...data.proved, publicSignals } },
      })
    }
  })
}

export async function tamper(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.weftTamper = true
  })
}
