/**
 * What another relay says of a third one, to which the line is cut, counts less than that one's own word.
 */
import {
  createPrivateKey,
  encodeRegistration,
  peerIdFromPrivateKey,
  type SealedOffer,
  signRegistration,
} from '@weft/protocol'
import { afterEach, expect, test, vi } from 'vitest'
import { DirectoryTable } from '../directory/directory-table.ts'
import { Holding } from '../directory/holding.ts'
import { checkNatively } from '../relay/check-natively.ts'
import { announcement, eventually, unannounced } from '../testing/fixtures.ts'
import { federationTimes } from './constants.ts'
import { Fellow } from './fellow.ts'

afterEach(() => vi.restoreAllMocks())

function signedOffer(): SealedOffer & { peerId: string } {
  const privateKey = createPrivateKey()
  const peerId = peerIdFromPrivateKey(privateKey)
  const addresses = ['/ip4/127.0.0.1/tcp/1/ws']
  const offered = { ...unannounced, ...announcement, addresses }
  const registration = signRegistration({ version: 1, peerId, sequence: 1, ...offered }, privateKey)
  return { peerId, registration: encodeRegistration(registration), activeJobs: 0 }
}

const offers = [signedOffer(), signedOffer(), signedOffer()]
const sealed = offers.map(({ registration, activeJobs }) => ({ registration, activeJobs }))
const [gone = '', stays = '', comes = ''] = offers.map(({ peerId }) => peerId)

async function* pagesOf(...pages: SealedOffer[][]) {
  yield* pages
}

/** Knew the first two; the last that it heard of their relay is that it has the last two. */
async function open() {
  const table = new DirectoryTable({ maxEntries: 10 })
  const fellow = new Fellow({
    peerId: peerIdFromPrivateKey(createPrivateKey()),
    table,
    check: checkNatively,
    onDifference: () => {},
  })
  const told = new Holding()
  for (const peerId of [stays, comes]) told.set(peerId, 1)
  const { digest } = told
  const news = { offers: sealed.slice(0, 2), loads: [], gone: [], digest }
  fellow.receive({ ...news, addresses: [], isLeaving: false })
  await eventually(() => fellow.holding.size === 2)
  return { fellow, known: () => [gone, stays, comes].filter((peerId) => table.get(peerId)) }
}

test('a third relay brings what is new, and what it leaves out goes where the digest says so', async () => {
  const { fellow, known } = await open()
  await fellow.takeAll(pagesOf(sealed.slice(1, 2), sealed.slice(2)), { isOwnWord: false })
  expect(known()).toEqual([stays, comes])
})

test('a third relay that leaves out too much takes nothing away', async () => {
  const { fellow, known } = await open()
  await fellow.takeAll(pagesOf(sealed.slice(2)), { isOwnWord: false })
  expect(known()).toEqual([gone, stays, comes])
  await fellow.takeAll(pagesOf(), { isOwnWord: false })
  expect(known()).toEqual([gone, stays, comes])
  await fellow.takeAll(pagesOf(sealed.slice(2)), { isOwnWord: true })
  expect(known()).toEqual([comes])
})

test('a third relay keeps none alive that says nothing itself', async () => {
  const { fellow, known } = await open()
  const startMs = performance.now()
  const now = vi.spyOn(performance, 'now')
  now.mockReturnValue(startMs + 0.9 * federationTimes.lossMs)
  await fellow.takeAll(pagesOf(sealed), { isOwnWord: false })
  fellow.sweep()
  expect(known()).toEqual([gone, stays, comes])
  now.mockReturnValue(startMs + 1.1 * federationTimes.lossMs)
  fellow.sweep()
  expect(known()).toEqual([])
})

test('a relay that gives page after page is not listened to for ever', async () => {
  const { fellow, known } = await open()
  let nowMs = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
  let pages = 0
  async function* endless() {
    for (; pages < 1_000; pages += 1) {
      nowMs += federationTimes.pageMs
      yield sealed.slice(2)
    }
  }
  await fellow.takeAll(endless(), { isOwnWord: true })
  expect(pages).toBeLessThan(100)
  expect(known()).toEqual([gone, stays, comes])
})
