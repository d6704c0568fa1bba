import type { AnswerRecord } from '@weft/sdk'
import { expect, test } from 'vitest'
import { sampleAnswer } from '../row/sample-answer.ts'
import { describeRow, describeStitch, englishRow, layOutRow, type Stitch } from '../row/stitches.ts'
import { summarize, summaryLine } from '../row/summary.ts'
import { englishSummary, type SummaryWords } from '../row/summary-words.ts'
import { germanFigures } from './german-summary.ts'
import { frameWords } from './words.ts'

const { words } = frameWords('de-AT')

const answer = sampleAnswer({ decodeMs: 10_000 })

function line(change: Partial<AnswerRecord> = {}): string {
  const record = { ...answer, ...change }
  return summaryLine(summarize(record, false), record, words.summary)
}

test('the line under an answer is German where the frame is', () => {
  expect(line()).toBe('1 Tab · 4,1 Token/s · 0,3 s bis zum ersten Token · unterschrieben · umsonst')
  expect(line({ where: 'local', receipt: null, finishReason: 'length' })).toBe(
    'dieses Gerät · 4,1 Token/s · 0,3 s bis zum ersten Token · an der Längengrenze beendet',
  )
})

test('so is its row, for whoever points at a stitch or sees none', () => {
  const stitches = layOutRow(answer, false)
  expect(describeRow(stitches, answer, words.row)).toBe(
    'Von einem Tab beantwortet, unterschrieben, vollständig',
  )
  expect(describeStitch(stitches.at(-1) as Stitch, words.row)).toBe(
    'Token 33 bis 42, nach etwa 10,3 s, unterschrieben',
  )
})

test('no word of it is left English', () => {
  const plain = ({ ends, ...rest }: SummaryWords) =>
    [...Object.values(rest), ...Object.values(ends)].filter((word) => typeof word === 'string')
  const english = new Set([...plain(englishSummary), ...Object.values(englishRow.textures)])
  const german = [...plain(words.summary), ...Object.values(words.row.textures)]
  expect(german.filter((word) => word !== '' && english.has(word))).toEqual([])
})

test('figures have a comma before their decimals', () => {
  expect(germanFigures('1,234.50 WEFT')).toBe('1.234,50 WEFT')
})
