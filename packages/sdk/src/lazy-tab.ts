/**
 * The composition, loaded when it is asked for: what a program needs before that is small.
 * @module
 */
import type { Tab, TabInit } from './tab.ts'

/** As `openTab` of `@weft/sdk/tab`, which it loads. @throws WeftError `sdk/catalogue`, `storage/no-identity` */
export async function openTab(init: TabInit): Promise<Tab> {
  const { openTab: open } = await import('./open-tab.ts')
  return open(init)
}
