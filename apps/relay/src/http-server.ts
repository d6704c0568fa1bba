/**
 * `/health` for people and supervisors, `/metrics` for Prometheus, `/live` for whoever looks at a site.
 * @module
 */
import { createServer, type Server } from 'node:http'
import { WeftError } from '@weft/protocol'

/** A crowd that looks at a site through a proxy asks once in so many seconds. */
const liveHeaders = {
  'content-type': 'application/json',
  'access-control-allow-origin': '*',
  'cache-control': 'public, max-age=5',
}

export type HttpServerInit = {
  host: string
  /** 0 takes any free port. */
  port: number
  /** Anything but "ok" is told with status 503, so that a balancer sends nobody here. */
  health: () => { status: string }
  /** For everybody: how many nodes answer now. */
  live: () => { nodes: number }
  metrics: () => Promise<{ contentType: string; text: string }>
}

export interface HttpServer {
  readonly url: string
  stop(): Promise<void>
}

/** @throws WeftError `network/port-in-use`, `network/cannot-listen` */
export async function startHttpServer(init: HttpServerInit): Promise<HttpServer> {
  const server = createServer(async (request, response) => {
    const [pathname] = (request.url ?? '/').split('?')
    if (request.method !== 'GET') {
      response.writeHead(405).end()
    } else if (pathname === '/health') {
      const headers = { 'content-type': 'application/json', 'access-control-allow-origin': '*' }
      const health = init.health()
      response.writeHead(health.status === 'ok' ? 200 : 503, headers).end(JSON.stringify(health))
    } else if (pathname === '/live') {
      response.writeHead(200, liveHeaders).end(JSON.stringify(init.live()))
    } else if (pathname === '/metrics') {
      try {
        const { contentType, text } = await init.metrics()
        response.writeHead(200, { 'content-type': contentType }).end(text)
      } catch {
        response.writeHead(500).end()
      }
    } else {
      response.writeHead(404).end()
    }
  })
  await listen(server, init)
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : init.port
  return {
    url: `http://${init.host}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, { host, port }: HttpServerInit): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === 'EADDRINUSE'
      const code = isTaken ? 'network/port-in-use' : 'network/cannot-listen'
      const reason = isTaken ? 'is taken by another process' : 'cannot be listened on'
      reject(new WeftError(code, `Port ${port} of ${host} ${reason}.`, { cause }))
    })
    server.listen(port, host, resolve)
  })
}
