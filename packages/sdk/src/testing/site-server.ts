/**
 * The models of the site, as it serves them.
 * @module
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

const root = new URL('../../../../public/', import.meta.url)

/** @param extra - by path from the site's root, before what lies there */
export async function openSiteServer(extra: ReadonlyMap<string, Uint8Array> = new Map()) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site')
    const added = extra.get(pathname.slice(1))
    if (added) return response.end(added)
    const path = fileURLToPath(new URL(`.${pathname}`, root))
    const file = await stat(path).catch(() => undefined)
    if (!file?.isFile()) return response.writeHead(404).end()
    response.writeHead(200, { 'Content-Length': file.size })
    createReadStream(path).pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    modelsUrl: `http://127.0.0.1:${port}/models/`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
