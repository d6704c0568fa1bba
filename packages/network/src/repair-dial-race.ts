/**
 * Repairs two faults of `@libp2p/webrtc` 6.0.33 in its text: Vite does it at build time
 * (`vite-plugin-webrtc-dial-race.ts`), Node while it loads (`node.ts`).
 *
 * What: `dist/src/private-to-private/initiate-connection.js` opens a data channel `init`, waits for
 * its `open` event, closes it and waits for its `close` event. The other side closes that channel as
 * soon as it is connected; when this happens before the initiator looks, both waits are for events
 * that have already fired, and the dial hangs until its signal aborts (6 of 25 dials between tabs).
 * And a connection that fails before it is one (DTLS between processes of one machine, 2 of 12) is
 * taken for one, and waited for just as long.
 * How: wait for `open` only while the channel is still connecting, for `close` only while it is not
 * yet closed, and listen before closing; go on only with what is connected. With it 0 of 25 dials hang.
 * When it goes: as soon as upstream looks at these states. The build fails when the file
 * moves or its text changes, so that an update of the package cannot drop the repair unseen.
 * @module
 */
/** Where the text is. */
export const dialRaceFile =
  /@libp2p\/webrtc\/dist\/src\/private-to-private\/initiate-connection\.js/

const repairs: { broken: RegExp; repaired: string }[] = [
  {
    broken: /(log\.trace\('initiator connected'\);)(?!\s*if \(peerConnection\.)/,
    repaired:
      "$1 if (peerConnection.connectionState !== 'connected') throw new SDPHandshakeFailedError('Failed to connect');",
  },
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
        '@libp2p/webrtc has changed: the repair of its dial race no longer applies. Check whether it is fixed upstream, then update or remove packages/network/src/repair-dial-race.ts.',
      )
    }
    return text.replace(broken, repaired)
  }, code)
}
