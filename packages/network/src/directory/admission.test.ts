import { createPrivateKey, findWork, limits, peerIdFromPrivateKey } from '@weft/protocol'
import { expect, test } from 'vitest'
import { createRelay } from '../relay/index.ts'
import { announcement, eventually } from '../testing/fixtures.ts'
import { createNodeNetwork } from '../testing/node-network.ts'
import { Admission, type Applicant } from './admission.ts'

const applicant = (address: string | null): Applicant => ({
  peerId: peerIdFromPrivateKey(createPrivateKey()),
  address,
  asked: null,
})

test('so many of one address are free, then each costs more', async () => {
  const admission = new Admission({ freePerAddress: 2 })
  const crowd = Array.from({ length: 8 }, () => applicant('192.0.2.1'))
  const bits = crowd.map((each) => {
    const asked = admission.check(each, null)
    admission.add(each)
    return asked?.bits ?? 0
  })
  expect(bits).toEqual([0, 0, 16, 16, 18, 18, 18, 18])
  expect(admission.check(applicant('192.0.2.2'), null)).toBeNull()
  expect(admission.check(applicant(null), null)).toBeNull()
  const [first] = crowd
  if (!first) throw new Error('nobody')
  expect(admission.check(first, null)).toBeNull()
  for (const each of crowd) admission.remove(each)
  expect(admission.check(applicant('192.0.2.1'), null)).toBeNull()
})

test('work counts for the stream and the key that were asked for it', async () => {
  const admission = new Admission({ freePerAddress: 0 })
  admission.add(applicant('192.0.2.1'))
  const one = applicant('192.0.2.1')
  expect(admission.check(applicant('192.0.2.2'), null)?.bits).toBe(16)
  const asked = admission.check(one, null)
  if (!asked) throw new Error('it was free')
  const challenge = { ...asked, bits: 4 }
  const work = await findWork(challenge, one.peerId)
  expect(admission.check({ ...one, asked: challenge }, work)).toBeNull()
  expect(admission.check({ ...one, asked: challenge }, null)).not.toBeNull()
  expect(admission.check(one, work)).not.toBeNull()
  expect(asked.bits).toBeLessThanOrEqual(limits.maxWorkBits)
})

test('one key that changes all the time is slowed down', () => {
  const admission = new Admission({ freePerAddress: 10 })
  const one = applicant(null)
  const change = () => admission.check(one, null)
  for (let index = 0; index < 30; index += 1) change()
  expect(change).toThrow('changes its registration too often')
})

test('a tab does the work by itself', { timeout: 40_000 }, async () => {
  const answers: string[] = []
  const relay = await createRelay({
    privateKey: createPrivateKey(),
    host: '127.0.0.1',
    port: 0,
    freeRegistrationsPerAddress: 1,
    onRequest: (type, answer) => answers.push(`${type} ${answer}`),
  })
  const nodes = await Promise.all(
    [1, 2].map(() => createNodeNetwork({ relays: relay.addresses() })),
  )
  for (const { network } of nodes) network.announce(announcement)
  await eventually(() => relay.counts().registered === 2, { ms: 30_000 })
  expect(answers.filter((answer) => answer.startsWith('register')).sort()).toEqual([
    'register done',
    'register done',
    'register work',
  ])
  await Promise.all(nodes.map(({ network }) => network.stop()))
  await relay.stop()
})
