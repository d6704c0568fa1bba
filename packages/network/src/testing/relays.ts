/**
 * Relays that share a directory, each behind a line that can be cut.
 * @module
 */
import { connect, createServer, type Socket } from 'node:net'
import { createPrivateKey, type PrivateKey, peerIdFromPrivateKey } from '@weft/protocol'
import { createRelay, type Relay, type RelayInit } from '../relay/index.ts'

/** A line to a port of this machine. */
type Line = { port: number; cut(): void; heal(): void; stop(): void }

async function openLine(target: () => number): Promise<Line> {
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer((incoming) => {
    const outgoing = connect(target(), '127.0.0.1')
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        incoming.destroy()
        outgoing.destroy()
      })
    }
    if (isCut) incoming.destroy()
    incoming.pipe(outgoing).pipe(incoming)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const cut = () => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    cut,
    heal() {
      isCut = false
    },
    stop() {
      cut()
      server.close()
    },
  }
}

export type FellowRelay = {
  relay: Relay
  /** Past the line. */
  address: string
  /** Under which other relays reach it. */
  line: Line
  /** Ends it as a crash would, and begins it anew with the same key and port. */
  restart(): Promise<void>
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const line = await openLine(() => 0)
  line.stop()
  return line.port
}

/** @returns so many relays, each the fellow of all others, not waiting until they have met */
export async function openFellows(
  count: number,
  init: Partial<RelayInit> = {},
): Promise<FellowRelay[]> {
  const keys: PrivateKey[] = Array.from({ length: count }, () => createPrivateKey())
  const ports: number[] = []
  const lines = await Promise.all(keys.map((_, index) => openLine(() => ports[index] ?? 0)))
  const addresses = keys.map(
    (key, index) => `/ip4/127.0.0.1/tcp/${lines[index]?.port}/ws/p2p/${peerIdFromPrivateKey(key)}`,
  )
  const start = async (index: number): Promise<Relay> => {
    const privateKey = keys[index] ?? createPrivateKey()
    const fellows = addresses.filter((_, other) => other !== index)
    // Of which the others hear by themselves: a way around the line would make the cut a false one.
    const announce = addresses.slice(index, index + 1)
    ports[index] ??= await freePort()
    const place = { host: '127.0.0.1', port: ports[index] }
    return createRelay({ privateKey, ...place, fellows, announce, ...init })
  }
  const direct = (index: number) =>
    `/ip4/127.0.0.1/tcp/${ports[index]}/ws/p2p/${peerIdFromPrivateKey(keys[index] as PrivateKey)}`
  return Promise.all(
    lines.map(async (line, index) => {
      const fellow: FellowRelay = {
        relay: await start(index),
        address: direct(index),
        line,
        async restart() {
          await fellow.relay.stop()
          fellow.relay = await start(index)
        },
        async stop() {
          line.stop()
          await fellow.relay.stop()
        },
      }
      return fellow
    }),
  )
}
