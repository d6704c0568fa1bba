import { expect, test } from 'vitest'
import { fieldOrder } from './field.ts'
import { encodeRelayed, parseRelayed, type RelayedTicket } from './relay-message.ts'
import { backupText, drawSecret, readBackup, secretOfShares } from './secret.ts'

const point = { x: 1n, y: 2n ** 253n }
const relayed: RelayedTicket = {
  denomination: 1,
  key: `0x${'ab'.repeat(20)}`,
  ticket: {
    ...{ root: 1n, nullifier: 2n, y: fieldOrder - 1n, domain: 4n, x: 5n, aliveAt: 6n },
    proof: { a: point, b: { x: [1n, 2n], y: [3n, 4n] }, c: point },
  },
}

test('a ticket arrives as it was sent, and nothing else does', () => {
  const json = encodeRelayed(relayed)
  expect(parseRelayed(json)).toEqual(relayed)
  const beyond = { ...relayed, ticket: { ...relayed.ticket, y: fieldOrder } }
  for (const wrong of [
    'x',
    '{}',
    json.replace('"denomination":1', '"denomination":9'),
    json.replace('0xab', '0xAB'),
    json.replace('"root":"1"', '"root":"-1"'),
    json.replace('"root":"1"', '"root":"1","more":"1"'),
    encodeRelayed(beyond),
  ]) {
    expect(parseRelayed(wrong)).toBeNull()
  }
})

test('a purchase is had again by its text, and by no other', () => {
  const backup = {
    chainId: 31_337,
    contract: `0x${'cd'.repeat(20)}`,
    denomination: 2,
    secret: drawSecret(),
  } as const
  const text = backupText(backup)
  expect(readBackup(` ${text}\n`)).toEqual(backup)
  for (const wrong of ['', text.slice(0, -1), `${text}0`, text.replace('weft', 'left')]) {
    expect(readBackup(wrong)).toBeNull()
  }
  expect(readBackup(backupText({ ...backup, secret: fieldOrder }))).toBeNull()
})

test('two points of a line say where it begins', () => {
  const [secret, slope] = [drawSecret(), drawSecret()]
  const share = (x: bigint) => ({ x, y: (secret + slope * x) % fieldOrder })
  expect(secretOfShares(share(7n), share(fieldOrder - 3n))).toBe(secret)
})
