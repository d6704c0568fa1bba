/**
 * A line that can be cut: everything between a node and the others passes through it, so that it can
 * be lost as a cable, a process or a page is lost, without a word of its own.
 * @module
 */
import { connect, createServer, type Server, type Socket } from 'node:net'

export type Line = {
  port: number
  /** Where it leads; connections wait for nothing, so it is set before anybody is told the port. */
  leadTo(port: number): void
  /** All sockets are closed at once, and new ones refused. */
  cut(): void
  /** Nothing passes any more, either way, and nothing is closed. */
  silence(): void
  /** Half of the next piece passes, then it is cut: an end inside a message. */
  tear(): void
}

const host = '127.0.0.1'

export async function openLine(target = 0): Promise<Line> {
  let port = target
  let state: 'open' | 'silent' | 'tearing' = 'open'
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: false }, (near) => {
    const far = connect({ host, port })
    carry(near, far)
    carry(far, near)
  })
  function carry(from: Socket, to: Socket): void {
    sockets.add(from)
    from.setNoDelay(true)
    from.on('data', (data) => {
      if (state === 'silent') return
      if (state === 'open') {
        if (!to.write(data)) from.pause()
        return
      }
      to.write(data.subarray(0, data.length >> 1), cut)
    })
    to.on('drain', () => from.resume())
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      if (state !== 'silent') to.destroy()
    })
  }
  function cut(): void {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  await listen(server)
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    leadTo(next) {
      port = next
    },
    cut,
    silence() {
      state = 'silent'
    },
    tear() {
      state = 'tearing'
    },
  }
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
}
