import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { repairDialRace, repairDialRaceOfNode } from './repair-dial-race.ts'

test('the repair applies to the installed package, and refuses any other text', async () => {
  const entry = createRequire(import.meta.url).resolve('@libp2p/webrtc')
  const file = join(dirname(entry), 'private-to-private/initiate-connection.js')
  const text = await readFile(file, 'utf8')
  const repaired = repairDialRace(text)
  expect(repaired).toContain("if (channel.readyState === 'connecting') {")
  expect(repaired).toContain("if (channel.readyState !== 'closed') { const closed = pEvent(")
  expect(repaired).toContain('if (isConnecting()) await pEvent(peerConnection')
  expect(repaired).not.toContain('a=setup:active')
  expect(repairDialRaceOfNode(text)).toContain(".replace('a=setup:actpass', 'a=setup:active')")
  expect(() => repairDialRaceOfNode(repairDialRaceOfNode(text))).toThrow('no longer applies')
  expect(() => repairDialRace(repaired)).toThrow('no longer applies')
})
