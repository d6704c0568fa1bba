/**
 * A Hono app on a port.
 * @module
 */
import type { Server } from 'node:http'
import { type HttpBindings, serve } from '@hono/node-server'
import { WeftError } from '@weft/protocol'
import type { Context, Hono } from 'hono'

export type Listening = {
  /** e.g. `http://127.0.0.1:8080` */
  url: string
  /** Takes nothing new; resolves when what is under way is over. */
  drain(): Promise<void>
  stop(): Promise<void>
}

/** @param port - 0 for any free one. @throws WeftError `network/port-in-use`, `network/cannot-listen` */
export function listen(
  app: Hono,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    // Else it gives all of the process a Response of its own, whose `bytes` fails.
    const options = { overrideGlobalObjects: false, fetch: app.fetch, hostname: host, port }
    const server = serve(options, (address) => {
      const closed = () =>
        new Promise<void>((done) => {
          server.close(() => done())
          server.closeIdleConnections()
        })
      resolve({
        url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
        drain: closed,
        async stop() {
          const over = closed()
          server.closeAllConnections()
          await over
        },
      })
    }) as Server
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === 'EADDRINUSE'
      const code = isTaken ? 'network/port-in-use' : 'network/cannot-listen'
      const reason = isTaken ? 'is taken by another process' : 'cannot be listened on'
      reject(new WeftError(code, `Port ${port} of ${host} ${reason}.`, { cause }))
    })
  })
}

/** @returns the address that the connection comes from */
export function socketAddress(context: Context): string {
  const { incoming } = context.env as HttpBindings
  return incoming.socket.remoteAddress ?? ''
}
