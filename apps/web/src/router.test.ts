import { expect, test } from 'vitest'
import { router } from './router.tsx'
import { tabOfPath } from './site/tab-of-path.ts'

const tabOf = (path: string) => tabOfPath(router, path)

test.each([
  '/contribute',
  '/verify',
  '/models',
  '/models/proved',
  '/wallet',
  '/shared',
  '/contribute/',
  '/Contribute',
])('%s opens the tab', (path) => expect(tabOf(path)).toBe('at-once'))

test('the Playground waits until somebody begins to ask', () => {
  expect(tabOf('/')).toBe('at-asking')
})

test.each([
  '/docs',
  '/docs/trust',
  '/embed',
  '/nowhere',
  '/docs/nowhere',
  '/models/nowhere',
  '/models/proved/x',
])('%s is read without a tab', (path) => expect(tabOf(path)).toBeUndefined())
