import { expect, test } from 'vitest'
import { readOtherKey } from './other-key.ts'

const address = `0x${'ab'.repeat(20)}`

test('a key and the page that it is on', () => {
  expect(
    readOtherKey(`?for=${address.toUpperCase().replace('0X', '0x')}&page=shop.example:8080`),
  ).toEqual({
    address,
    page: 'shop.example:8080',
  })
})

test.each([
  '',
  `?for=${address}`,
  '?for=0x12&page=shop.example',
  `?for=${address}&page=shop.example%20%E2%80%94%20your%20bank`,
])('%j names none', (search) => {
  expect(readOtherKey(search)).toBeNull()
})
