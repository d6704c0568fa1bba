/**
 * WebRTC in Node: `@libp2p/webrtc` brings node-datachannel, which speaks to tabs.
 * @module
 */
import { registerHooks } from 'node:module'
import { dialRaceFile, repairDialRaceOfNode } from './repair-dial-race.ts'

let isRepaired = false

/** To be called before the first `createNetwork` of a process. Without it some dials take some seconds longer. */
export function repairWebRtc(): void {
  if (isRepaired) return
  isRepaired = true
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      if (!dialRaceFile.test(url)) return loaded
      return { ...loaded, source: repairDialRaceOfNode(String(loaded.source)) }
    },
  })
}
