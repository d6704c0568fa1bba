/**
 * Composes the rooms into one tab.
 * @module
 */
import type { Tab, TabInit } from './tab.ts'

export async function openTab(_init: TabInit): Promise<Tab> {
  throw new Error('under construction')
}
