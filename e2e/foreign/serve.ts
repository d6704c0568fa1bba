/**
 * Other people's sites: the examples of Weft's own site, on another origin, with the script's address written out;
 * and one that attacks.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'

export type ForeignSite = {
  /** Of another site than Weft's: `127.0.0.1` and `localhost` share no storage. */
  url: string
  stop(): Promise<void>
}

const attackFile = fileURLToPath(new URL('./attack.html', import.meta.url))

export async function serveForeign(siteUrl: string, port: number): Promise<ForeignSite> {
  const server = createServer(({ url = '/' }, response) => {
    answer(url).catch((error: unknown) => {
      response.statusCode = 500
      response.end(String(error))
    })

    async function answer(path: string): Promise<void> {
      if (path === '/attack.html')
        return send(response, 'text/html', await readFile(attackFile, 'utf8'))
      const found = await fetch(new URL(path, siteUrl))
      response.statusCode = found.status
      send(response, found.headers.get('Content-Type') ?? 'text/plain', await found.text())
    }
  })
  function send(response: ServerResponse, type: string, text: string): void {
    response.setHeader('Content-Type', type)
    response.end(
      text
        .replaceAll(/(["'`])\/widget\.js/g, `$1${siteUrl}/widget.js`)
        .replace(
          "script-src 'self'; frame-src 'self'",
          `script-src ${siteUrl}; frame-src ${siteUrl}`,
        ),
    )
  }
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
