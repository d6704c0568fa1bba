/**
 * A static server on this machine with the headers that give a page threads.
 * @module
 */
import { createReadStream, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { pipeline } from 'node:stream/promises'

export type FolderServer = { url: string; stop(): Promise<void> }

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
}

/** @param folders by URL prefix, each ending in a slash; the longest prefix wins */
export async function serveFolders(init: {
  host: string
  port: number
  folders: Record<string, string>
}): Promise<FolderServer> {
  const { host, port, folders } = init
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length)
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname))
    const prefix = prefixes.find((candidate) => path.startsWith(candidate)) ?? '/'
    const inFolder = path.slice(prefix.length) || 'index.html'
    await answer(response, join(folders[prefix] ?? '', inFolder)).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return {
    url: `http://${host}:${port}/`,
    stop: () => {
      server.closeAllConnections()
      return stop()
    },
  }
}

async function answer(response: ServerResponse, file: string): Promise<void> {
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
  response.setHeader('Cache-Control', 'no-store')
  const found: Stats | undefined = await stat(file).catch(() => undefined)
  if (!found?.isFile()) {
    response.writeHead(404).end()
    return
  }
  const contentType = contentTypes[extname(file)] ?? 'application/octet-stream'
  response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': found.size })
  await pipeline(createReadStream(file), response)
}
