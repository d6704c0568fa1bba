/**
 * Bills as receipts show them.
 * @module
 */
import type { Page } from '@playwright/test'
import { parseEther } from 'viem'
import { playground } from './playground.ts'

export type BillLine = {
  /** Of the tab that is paid, shortened. */
  peer: string
  inputTokens: number
  outputTokens: number
  wei: bigint
}

/** e.g. `12 tokens in, 84 tokens out, at …: 0.000132 WEFT` */
const linePattern = /^([\d,]+) tokens? in, ([\d,]+) tokens? out, at .*: ([\d.]+) WEFT$/

/** What the last answer costs, tab by tab. */
export async function readBill(page: Page): Promise<BillLine[]> {
  const { answers } = playground(page)
  await answers.getByRole('button', { name: 'Receipt' }).last().click()
  const receipt = page.getByRole('dialog')
  const bill = receipt
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: 'Bill', exact: true }) })
  await bill.waitFor()
  const [names, values] = await Promise.all([
    bill.locator('dt').allInnerTexts(),
    bill.locator('dd').allInnerTexts(),
  ])
  await page.keyboard.press('Escape')
  await receipt.waitFor({ state: 'detached' })
  return names.flatMap((peer, index) => {
    const [, input, output, weft] = linePattern.exec(values[index] ?? '') ?? []
    if (!input || !output || !weft) return []
    return [
      { peer, inputTokens: toNumber(input), outputTokens: toNumber(output), wei: parseEther(weft) },
    ]
  })
}

function toNumber(text: string): number {
  return Number(text.replaceAll(',', ''))
}
