import { get } from 'node:http'
import { expect, test } from 'vitest'
import { serveModels } from './models-server.ts'

test('serves models and nothing else, whatever is asked', async () => {
  const { url, stop } = await serveModels()
  const { port } = new URL(url)
  /** As it stands: `fetch` would tidy the path. */
  const statusOf = (path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      get({ port, path, timeout: 2_000 }, (response) => resolve(response.resume().statusCode)).on(
        'error',
        reject,
      )
    })
  try {
    const strange = [
      '//',
      '/models/%2f',
      '/models/%00',
      '/models/%',
      '/models/..%2f..%2fpackage.json',
    ]
    for (const path of [...strange, '/models/../package.json', '/', '/models/']) {
      expect([path, await statusOf(path)]).toEqual([path, 404])
    }
    expect(await statusOf('/models/bobbin/manifest.json')).toBe(200)
  } finally {
    await stop()
  }
})
