/**
 * How the page wants the frame to look: its theme, its language, and the colour of one button.
 * @module
 */
import type { PageConfig } from '@weft/widget/frame'
import { frameWords } from './words.ts'

export function applyLook({ theme, lang, accent }: PageConfig): void {
  const root = document.documentElement
  root.lang = frameWords(lang).language
  if (theme === 'auto') delete root.dataset.theme
  else root.dataset.theme = theme
  root.style.setProperty('--page-accent', accent)
  root.style.setProperty('--on-page-accent', accent && readableOn(accent))
}

/** @param colour - `#rrggbb`. @returns black or white, whichever contrasts more (WCAG 2 relative luminance) */
export function readableOn(colour: string): '#000000' | '#ffffff' {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(colour.slice(start, start + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  return (luminance + 0.05) ** 2 > 1.05 * 0.05 ? '#000000' : '#ffffff'
}
