import { expect, test } from 'vitest'
import { createSite } from './open-site.ts'

test('settings that cannot be read are told, and nothing opens for it', async () => {
  // Here is no server, as where one is down.
  const { state, opened, open } = createSite()
  expect(state.get().phase).toBe('resting')
  const phases: string[] = []
  state.subscribe(() => phases.push(state.get().phase))
  await expect(opened).rejects.toMatchObject({ code: 'web/config' })
  expect(state.get()).toMatchObject({ phase: 'failed', error: { code: 'web/config' } })
  open()
  expect(phases).toEqual(['failed'])
})
