/**
 * Looks at every byte that a page sends to other tabs, before it is encrypted: whether some words are among them.
 * @module
 */
import type { Page } from '@playwright/test'

export type Tapped = { bytes: number; found: string[] }

/** @param words - hex, without 0x: looked for as bytes and as text. Before the page is opened. */
export async function tapWire(page: Page, words: readonly string[]): Promise<void> {
  await page.addInitScript((hexWords) => {
    const seen = { bytes: 0, found: [] as string[] }
    Object.assign(window, { tapped: seen })
    const needles = hexWords.flatMap((hex) => {
      const raw = hex.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? []
      return [
        { hex, text: String.fromCharCode(...raw) },
        { hex, text: hex },
      ]
    })
    const look = (data: Uint8Array) => {
      seen.bytes += data.length
      let text = ''
      for (let at = 0; at < data.length; at += 8_192) {
        text += String.fromCharCode(...data.subarray(at, at + 8_192))
      }
      const lower = text.toLowerCase()
      for (const needle of needles) {
        const isIn = text.includes(needle.text) || lower.includes(needle.text)
        if (isIn && !seen.found.includes(needle.hex)) seen.found.push(needle.hex)
      }
    }
    const send = RTCDataChannel.prototype.send
    RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: never) {
      const given: unknown = data
      if (typeof given === 'string') look(new TextEncoder().encode(given))
      else if (given instanceof ArrayBuffer) look(new Uint8Array(given))
      else if (ArrayBuffer.isView(given)) {
        look(new Uint8Array(given.buffer, given.byteOffset, given.byteLength))
      }
      return send.call(this, data)
    }
  }, words)
}

/** Since the page was opened. */
export function readTap(page: Page): Promise<Tapped> {
  return page.evaluate(() => (window as unknown as { tapped: Tapped }).tapped)
}
