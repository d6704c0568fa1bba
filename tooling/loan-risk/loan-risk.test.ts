import { readFileSync } from 'node:fs'
import { readDenseLayers } from '@weft/engine/local'
import { makePackage, readPackage } from '@weft/verification/proved-models'
import { expect, test } from 'vitest'
import { readTable } from '../quantise/read-table.ts'
import { drawApplicants, outcomes, questions } from './applicants.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url))

test('the site has what the ONNX file quantises to, with all its accuracy', () => {
  const kept = readPackage(
    JSON.parse(read('../../public/proved-models/loan-risk.json').toString('utf8')),
  )
  const applicants = drawApplicants(10_000, 2026)
  const { name, description, licence } = kept.card
  const made = makePackage({
    layers: readDenseLayers(new Uint8Array(read('loan-risk.onnx'))),
    features: questions,
    rows: applicants.map(({ answers }) => answers),
    outcomes: applicants.map(({ outcome }) => outcome),
    classes: outcomes,
    salt: BigInt(kept.secret.salt),
    words: { name, description, licence },
  })
  expect(made).toEqual(kept)
  expect(kept.card.measured.accuracyDropPercent).toBeLessThanOrEqual(1)
  expect(kept.card.measured.accuracyBefore).toBeGreaterThan(0.8)
})

test('reads numbers and classes from a table, and says which line is none', () => {
  const table = readTable('income [EUR],term,outcome\n1.5,2,b\n3,4,a\n', ['a', 'b'])
  expect(table).toEqual({
    features: [
      { name: 'income', unit: 'EUR' },
      { name: 'term', unit: '' },
    ],
    rows: [
      [1.5, 2],
      [3, 4],
    ],
    outcomes: [1, 0],
  })
  for (const line of ['1,2', '1,x,a', '1,2,c', '1,2,3,a']) {
    expect(() => readTable(`a,b,outcome\n${line}`, ['a', 'b'])).toThrow(
      expect.objectContaining({ code: 'tooling/bad-table' }),
    )
  }
})
