import type { CaseOnChain, CourtRules } from '@weft/payments/chain'
import { createPrivateKey, type Hex } from '@weft/protocol'
import { expect, test } from 'vitest'
import { signedReceipt } from '../testing/signed-receipt.ts'
import { isDrawn } from './is-drawn.ts'

const receipt = signedReceipt(createPrivateKey())
const [me, other]: Hex[] = [`0x${'a'.repeat(40)}`, `0x${'b'.repeat(40)}`]
if (!me || !other) throw new Error('two addresses')
const nobody = { toldAt: 0, stage: 'none', epoch: 0, endsAt: 0, accuser: other } as const

/** What a chain would say. */
function court(said: {
  known?: Partial<CaseOnChain>
  panel?: Hex[]
  epoch?: number | null
  isSampled?: boolean
  drawn?: Hex[]
}) {
  const asked: number[] = []
  return {
    asked,
    rules: { limitationSeconds: 3_600 } as CourtRules,
    readCase: async () => ({ ...nobody, sayFalse: [], sayTrue: [], ...said.known }),
    panelOf: async () => said.panel ?? [],
    epochAfter: async (seconds: number) => {
      asked.push(seconds)
      return said.epoch ?? null
    },
    isSampled: async () => said.isSampled ?? false,
    draw: async () => said.drawn ?? [],
  }
}

test('before its epoch is recorded nobody is drawn', async () => {
  expect(await isDrawn(court({ isSampled: true, drawn: [me] }), receipt, me)).toBe(false)
})

test('of a receipt that nobody told, the lot must fall on it and on this verifier', async () => {
  const drawn = { epoch: 7, drawn: [me] }
  expect(await isDrawn(court({ ...drawn, isSampled: true }), receipt, me)).toBe(true)
  expect(await isDrawn(court({ ...drawn, isSampled: true }), receipt, other)).toBe(false)
  expect(await isDrawn(court(drawn), receipt, me)).toBe(false)
})

test('of a told one the epoch after that counts, sampled or not', async () => {
  const told = court({ known: { toldAt: 1_000 }, epoch: 7, drawn: [me] })
  expect(await isDrawn(told, receipt, me)).toBe(true)
  expect(told.asked).toEqual([1_000])
})

test('in a case only its panel is asked, and in a settled one nobody', async () => {
  const panel = [other]
  const accused = court({ known: { toldAt: 1, stage: 'accused' }, panel, epoch: 7, drawn: [me] })
  expect(await isDrawn(accused, receipt, me)).toBe(false)
  expect(await isDrawn(accused, receipt, other)).toBe(true)
  const settled = court({ known: { toldAt: 1, stage: 'settled' }, panel, epoch: 7, drawn: [me] })
  expect(await isDrawn(settled, receipt, other)).toBe(false)
})

test.each([
  ['long ago', 0],
  ['before the court may hear of it', Date.now() - 61 * 60_000],
  ['in the future', Date.now() + 11 * 60_000],
])(
  'of a receipt that says that it ended %s no epoch is looked for, unless it was told',
  async (_, endedAtMs) => {
    const odd = signedReceipt(createPrivateKey(), { endedAtMs })
    const untold = court({ isSampled: true, epoch: 7, drawn: [me] })
    expect(await isDrawn(untold, odd, me)).toBe(false)
    expect(untold.asked).toEqual([])
    const told = court({ known: { toldAt: 1_000 }, epoch: 7, drawn: [me] })
    expect(await isDrawn(told, odd, me)).toBe(true)
  },
)
