/**
 * The models of this repository at an address of this machine, as a site would serve them: for commands that are
 * told of no site.
 * @module
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../../public/models/', import.meta.url))

export async function serveModels(): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const path = pathOf(request.url ?? '')
    const file = path ? await stat(path).catch(() => undefined) : undefined
    if (!path || !file?.isFile()) return response.writeHead(404).end()
    response.writeHead(200, { 'content-length': file.size })
    createReadStream(path)
      .on('error', () => response.destroy())
      .pipe(response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/models/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** @returns null for what is outside the folder, or no address at all, as `//` and `/models/%2f` */
function pathOf(url: string): string | null {
  try {
    const { pathname } = new URL(url, 'http://127.0.0.1')
    if (!pathname.startsWith('/models/')) return null
    const path = fileURLToPath(new URL(`file://${folder}${pathname.slice('/models/'.length)}`))
    return relative(folder, path).split(sep)[0] === '..' ? null : path
  } catch {
    return null
  }
}
