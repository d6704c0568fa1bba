import type { Offer } from '@weft/protocol'
import { expect, test } from 'vitest'
import { payable } from './payable.ts'

const modelCid = 'bafymodel'
const offer = (peerId: string, outputWeiPerMillion: bigint) => {
  const price = { inputWeiPerMillion: 0n, outputWeiPerMillion }
  return { registration: { peerId, models: [{ modelCid, price }] } } as unknown as Offer
}
const offers = [offer('unregistered', 5n), offer('free', 0n), offer('registered', 5n)]
const names = (left: Offer[]) => left.map(({ registration }) => registration.peerId)

test('who cannot be paid is not asked, and free tabs and unknown ones are', async () => {
  const asked: string[] = []
  const registeredOnly = async (peerId: string) => {
    asked.push(peerId)
    return peerId === 'registered'
  }
  const left = await payable(offers, { modelCid, payer: { paysTo: registeredOnly } })
  expect(names(left)).toEqual(['free', 'registered'])
  expect(asked).toEqual(['unregistered', 'registered'])

  const lost = () => Promise.reject(new Error('The chain is lost.'))
  expect(names(await payable(offers, { modelCid, payer: { paysTo: lost } }))).toHaveLength(3)
  expect(names(await payable(offers, { modelCid, payer: null }))).toHaveLength(3)
})
