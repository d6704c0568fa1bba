/**
 * What an element's attributes say, in the form that the frame takes. What is not valid counts as not said.
 * @module
 */
import type { PageConfig } from './messages.ts'

/** Those that the frame is told of when they change. */
export const configAttributes = [
  'model',
  'app',
  'gateway',
  'compute',
  'theme',
  'lang',
  'label',
  'placeholder',
  'accent',
]

export function readConfig(element: HTMLElement): PageConfig {
  const text = (name: string, most: number) =>
    element.getAttribute(name)?.trim().slice(0, most) || null
  const theme = text('theme', 10)
  const accent = text('accent', 7)
  const gateway = absolute(text('gateway', 500))
  const app = text('app', 64)
  return {
    model: text('model', 200),
    sponsor: gateway && app && /^[a-z0-9][a-z0-9-]*$/.test(app) ? { gateway, app } : null,
    compute: text('compute', 10) === 'device' ? 'device' : 'network',
    theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
    lang: langOf(element),
    label: text('label', 120),
    placeholder: text('placeholder', 120),
    accent: accent && /^#[0-9a-f]{6}$/i.test(accent) ? accent : null,
  }
}

/** The element's own, else its page's, else the browser's. */
export function langOf(element: HTMLElement): string {
  const near = element.closest('[lang]')?.getAttribute('lang')
  return (near || navigator.language || 'en').slice(0, 40)
}

function absolute(url: string | null): string | null {
  const parsed = url === null ? null : URL.parse(url, document.baseURI)
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.href : null
}
