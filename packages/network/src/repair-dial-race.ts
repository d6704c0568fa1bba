/**
 * Repairs faults of `@libp2p/webrtc` 6.0.33 in its text: Vite does it at build time
 * (`vite-plugin-webrtc-dial-race.ts`), Node while it loads (`node.ts`).
 *
 * What: `dist/src/private-to-private/initiate-connection.js` opens a data channel `init`, waits for
 * its `open` event, closes it and waits for its `close` event. The other side closes that channel as
 * soon as it is connected; when this happens before the initiator looks, both waits are for events
 * that have already fired, and the dial hangs until its signal aborts (6 of 25 dials between tabs).
 * And the other side closes the signalling stream as soon as it is connected, which may be before the
 * initiator is: what is only connecting is then taken for connected, and so is what has failed.
 * How: wait until the connection is no longer being made, and go on only if it is one; wait for `open`
 * only while the channel is still connecting, for `close` only while it is not yet closed, and listen
 * before closing.
 *
 * In Node, the offer says besides that the initiator begins the DTLS handshake (RFC 8842, 5.2). Left to the
 * other side, a tab's handshake can be over before libdatachannel 0.24.5 has written down the answer with the
 * fingerprint that it needs, and it refuses the tab's certificate (libdatachannel's pull request 1612).
 *
 * 120 dials of a tab by Node one after the other: 0 fail and 0 hang; without, 1 in 4 failed.
 * When it goes: as soon as upstream looks at these states. The build fails when the file
 * moves or its text changes, so that an update of the package cannot drop the repair unseen.
 * @module
 */
/** Where the text is. */
export const dialRaceFile =
  /@libp2p\/webrtc\/dist\/src\/private-to-private\/initiate-connection\.js/

type Repair = { broken: RegExp; repaired: string }

const repairs: Repair[] = [
  {
    broken: /(log\.trace\('initiator connected'\);)(?! const isConnecting)/,
    repaired: `$1 const isConnecting = () => ['new', 'connecting'].includes(peerConnection.connectionState);
        if (isConnecting()) await pEvent(peerConnection, 'connectionstatechange', { signal, filter: () => !isConnecting() });
        if (peerConnection.connectionState !== 'connected') throw new SDPHandshakeFailedError('Failed to connect');`,
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

const repairOfNode: Repair = {
  broken: /(SDP_OFFER, data: offerSdp\.sdp)(?!\.replace)/,
  repaired: "$1.replace('a=setup:actpass', 'a=setup:active')",
}

/** @throws Error when the text is not the one that these repairs were written for */
export function repairDialRace(code: string): string {
  return repairs.reduce(repair, code)
}

/** @throws Error when the text is not the one that these repairs were written for */
export function repairDialRaceOfNode(code: string): string {
  return repair(repairDialRace(code), repairOfNode)
}

function repair(text: string, { broken, repaired }: Repair): string {
  if (!broken.test(text)) {
    throw new Error(
      '@libp2p/webrtc has changed: the repair of its dial race no longer applies. Check whether it is fixed upstream, then update or remove packages/network/src/repair-dial-race.ts.',
    )
  }
  return text.replace(broken, repaired)
}
