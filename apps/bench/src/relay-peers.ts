/**
 * So many tabs in one process: each with a websocket to the relay, a registration and heartbeats.
 * `node relay-peers.ts RELAY COUNT`
 * @module
 */
import { createNodeNetwork } from '@weft/network/testing'
import { freePrice } from '@weft/protocol'
import { modelCidOf } from './relay-nodes.ts'

/** Handshakes of one process under way. */
const lanes = 8
const [, , relay = '', count = '0'] = process.argv
const engine = { runtime: 'bench', backend: 'node-cpu', device: 'none' } as const

let left = Number(count)
async function join(): Promise<void> {
  while (left > 0) {
    left -= 1
    const { network } = await createNodeNetwork({ relays: [relay] })
    const isOnline = () => network.status().relays.every(({ state }) => state === 'online')
    await new Promise<void>((resolve) => {
      network.onStatus(() => isOnline() && resolve())
      if (isOnline()) resolve()
    })
    const modelCid = modelCidOf(left)
    const model = { modelCid, price: freePrice, engine, tokensPerSecond: 10 }
    network.announce({ models: [model], maxJobs: 4 })
  }
}
// It ends with its parent.
process.on('disconnect', () => process.exit(0))
await Promise.all(Array.from({ length: lanes }, join))
