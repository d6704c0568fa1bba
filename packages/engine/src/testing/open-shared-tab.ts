/**
 * Opens and closes tabs, for tests in a browser.
 * @module
 */
import { vi } from 'vitest'
import type { SharedTab, SharedTabInit } from './shared-tab.ts'

export type OpenTab = SharedTab & { close: () => void }

const frames = new Set<HTMLIFrameElement>()

export async function openSharedTab(init: SharedTabInit): Promise<OpenTab> {
  const frame = document.createElement('iframe')
  frame.name = JSON.stringify(init)
  frame.src = '/packages/engine/src/testing/shared-tab.html'
  frames.add(frame)
  document.body.append(frame)
  const tab = await vi.waitUntil(
    () => (frame.contentWindow as unknown as { tab?: SharedTab }).tab,
    { timeout: 20_000 },
  )
  return {
    ...tab,
    close() {
      frame.remove()
      frames.delete(frame)
    },
  }
}

export function closeTabs(): void {
  for (const frame of frames) frame.remove()
  frames.clear()
}
