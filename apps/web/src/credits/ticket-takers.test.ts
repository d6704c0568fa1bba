import type { Hex } from '@weft/protocol'
import { expect, test } from 'vitest'
import { whyNoneIsPaid } from './ticket-takers.ts'

const [registered, other, third]: Hex[] = ['0x01', '0x02', '0x03']
const registry = { isRegistered: async (key: Hex) => key === registered }

test('a ticket is kept where no live tab could take it, and why is said', async () => {
  const why = (...payees: (Hex | undefined)[]) =>
    whyNoneIsPaid(
      payees.filter((each) => each !== undefined),
      registry,
    )
  expect(await why(other, registered)).toBeNull()
  expect(await why()).toMatch(/^No live tab asks for money/)
  expect(await why(other)).toMatch(/^The one live paid tab is not registered/)
  expect(await why(other, third)).toMatch(/^None of the 2 live paid tabs is registered/)
})
