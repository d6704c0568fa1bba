/**
 * Whether this machine has a network besides itself, as browsers see it.
 * @module
 */
import { createSocket, type SocketType } from 'node:dgram'

/** Addresses out in the world. Connecting a UDP socket only looks up the route: nothing is sent. */
const outside: [type: SocketType, address: string][] = [
  ['udp4', '8.8.8.8'],
  ['udp6', '2001:4860:4860::8888'],
]

export const noRouteSentence =
  'none besides this machine: browsers that you open connect to no other tab. The tabs that npm start opens reach each other.'

/**
 * Browsers take the address of this route for connections between tabs, and make none where there is no route: on
 * loopback alone, or with no way out of the local network.
 */
export async function hasNetworkRoute(): Promise<boolean> {
  const routes = await Promise.all(outside.map(([type, address]) => leadsTo(type, address)))
  return routes.includes(true)
}

function leadsTo(type: SocketType, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(type)
    const end = (found: boolean) => {
      socket.close()
      resolve(found)
    }
    socket.once('error', () => end(false))
    socket.once('connect', () => end(true))
    socket.connect(53, address)
  })
}
