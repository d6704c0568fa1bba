/**
 * Which of the twelve dye tones a peer has: by hash of its PeerId, so the same peer looks the same
 * everywhere, unless another peer of the same answer already wears it.
 * @module
 */
export const toneNames = [
  'madder',
  'cochineal',
  'rust',
  'weld',
  'moss',
  'verdigris',
  'woad',
  'indigo',
  'logwood',
  'orchil',
  'walnut',
  'slate',
] as const

/** 0 to 11, an index into `toneNames`. */
export type Tone = number

/** FNV-1a over the characters: spreads PeerIds, which share their first characters. */
export function toneOf(peerId: string): Tone {
  let hash = 0x811c9dc5
  for (let index = 0; index < peerId.length; index += 1) {
    hash = Math.imul(hash ^ peerId.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0) % toneNames.length
}

/** @param peerIds - in the order in which they made the answer; a peer may return */
export function tonesOf(peerIds: readonly string[]): Map<string, Tone> {
  const tones = new Map<string, Tone>()
  let previous: Tone | undefined
  for (const peerId of peerIds) {
    const tone = tones.get(peerId) ?? freeTone(toneOf(peerId), [...tones.values()], previous)
    tones.set(peerId, tone)
    previous = tone
  }
  return tones
}

function freeTone(wanted: Tone, taken: readonly Tone[], previous: Tone | undefined): Tone {
  const candidates = toneNames.map((_, step) => (wanted + step * 5) % toneNames.length)
  return (
    candidates.find((tone) => !taken.includes(tone)) ??
    candidates.find((tone) => tone !== previous) ??
    wanted
  )
}
