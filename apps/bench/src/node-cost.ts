/**
 * The work of a tab, as its browser counts it: a machine that does other things disturbs it less than a clock.
 * @module
 */
import type { Page } from 'playwright-core'

export type NodeCost = {
  /** Of all processes of its browser. */
  cpuMs: number
  /** Of the main thread of its page, in tasks. */
  pageMs: number
}

/** @returns begins to count; what that returns ends it */
export async function watchNode(page: Page): Promise<() => Promise<() => Promise<NodeCost>>> {
  const browser = await page.context().browser()?.newBrowserCDPSession()
  if (!browser) throw new Error('The page has no browser of its own.')
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const read = async (): Promise<NodeCost> => {
    const { processInfo } = await browser.send('SystemInfo.getProcessInfo')
    const { metrics } = await session.send('Performance.getMetrics')
    const seconds = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
    const cpuSeconds = processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0)
    return { cpuMs: 1000 * cpuSeconds, pageMs: 1000 * seconds }
  }
  return async () => {
    const before = await read()
    return async () => {
      const { cpuMs, pageMs } = await read()
      return { cpuMs: cpuMs - before.cpuMs, pageMs: pageMs - before.pageMs }
    }
  }
}
