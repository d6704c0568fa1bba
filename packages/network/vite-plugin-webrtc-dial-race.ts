/**
 * Repairs a race in `@libp2p/webrtc` 6.0.33 at build time, in bundles and in the dev server.
 *
 * What: `dist/src/private-to-private/initiate-connection.js` opens a data channel `init`, waits for
 * its `open` event, closes it and waits for its `close` event. The other side closes that channel as
 * soon as it is connected; when this happens before the initiator looks, both waits are for events
 * that have already fired, and the dial hangs until its signal aborts (6 of 25 dials between tabs).
 * How: wait for `open` only while the channel is still connecting, for `close` only while it is not
 * yet closed, and listen before closing. With it 0 of 25 dials hang.
 * When it goes: as soon as upstream looks at the channel's state. The build fails when the file
 * moves or its text changes, so that an update of the package cannot drop the repair unseen.
 * @module
 */
import type { Plugin } from 'vite'

const name = 'weft:webrtc-dial-race'
const target = /@libp2p\/webrtc\/dist\/src\/private-to-private\/initiate-connection\.js/
const packageEntry = /@libp2p\/webrtc\/dist\/src\/index\.js/

const repairs: { broken: RegExp; repaired: string }[] = [
  {
    broken:
      /if \(channel\.readyState !== 'open'\) \{(\s*log\.trace\([^)]*\);\s*await pEvent\(channel, )'open'/,
    repaired: "if (channel.readyState === 'connecting') {$1['open', 'close']",
  },
  {
    broken:
      /channel\.close\(\);(?:\s*\/\/[^\n]*)*\s*log\.trace\('waiting for init channel to close'\);\s*await pEvent\(channel, 'close', \{\s*signal\s*\}\);/,
    repaired:
      "if (channel.readyState !== 'closed') { const closed = pEvent(channel, 'close', { signal }); channel.close(); await closed; }",
  },
]

/** @throws Error when the text is not the one that these repairs were written for */
export function repairDialRace(code: string): string {
  return repairs.reduce((text, { broken, repaired }) => {
    if (!broken.test(text)) {
      throw new Error(
        '@libp2p/webrtc has changed: the repair of its dial race no longer applies. Check whether it is fixed upstream, then update or remove packages/network/vite-plugin-webrtc-dial-race.ts.',
      )
    }
    return text.replace(broken, repaired)
  }, code)
}

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
      if (!target.test(id)) return null
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
