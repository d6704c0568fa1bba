/**
 * Repairs `@libp2p/webrtc` at build time, in bundles and in the dev server: see `repair-dial-race.ts`.
 * @module
 */
import type { Plugin } from 'vite'
import { dialRaceFile, repairDialRace } from './src/repair-dial-race.ts'

const name = 'weft:webrtc-dial-race'
const packageEntry = /@libp2p\/webrtc\/dist\/src\/index\.js/

/** The Vite plugin; it also adds itself to the dev server's dependency optimizer. */
export function webrtcDialRace(): Plugin {
  return {
    ...repairingPlugin(),
    config: () => ({
      optimizeDeps: { rolldownOptions: { plugins: [repairingPlugin()] } },
    }),
  }
}

function repairingPlugin() {
  let usesPackage = false
  let repaired = false
  return {
    name,
    transform(code: string, id: string) {
      if (packageEntry.test(id)) usesPackage = true
      if (!dialRaceFile.test(id)) return null
      repaired = true
      return { code: repairDialRace(code), map: null }
    },
    buildEnd(error?: Error) {
      if (!error && usesPackage && !repaired) {
        throw new Error(
          `${name}: @libp2p/webrtc is used, but initiate-connection.js was not found.`,
        )
      }
    },
  }
}
