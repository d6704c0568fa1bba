import { createServer } from 'node:net'

/** How many ports after the wanted one are tried. */
const maxTries = 50

/** @returns `wanted` or the next port that is free on `host`. @throws Error when none is */
export async function freePort(wanted: number, host: string): Promise<number> {
  for (let port = wanted; port < wanted + maxTries; port += 1) {
    if (await isFree(port, host)) return port
  }
  throw new Error(`No free port from ${wanted} to ${wanted + maxTries - 1}. Choose with --port.`)
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
