/**
 * Rows of numbers with a class behind them, as comma-separated values.
 * @module
 */
import { WeftError } from '@weft/protocol'

export type Table = {
  features: { name: string; unit: string }[]
  rows: number[][]
  /** Of each row, by its place among the classes. */
  outcomes: number[]
}

/** @throws WeftError `tooling/bad-table` */
export function readTable(text: string, classes: readonly string[]): Table {
  const [head = '', ...lines] = text.trim().split(/\r?\n/)
  const columns = head.split(',')
  const table: Table = { features: columns.slice(0, -1).map(featureOf), rows: [], outcomes: [] }
  for (const [index, line] of lines.entries()) {
    const cells = line.split(',')
    const row = cells.slice(0, -1).map(Number)
    const outcome = classes.indexOf(cells.at(-1) ?? '')
    if (cells.length !== columns.length || outcome < 0 || !row.every(Number.isFinite)) {
      throw new WeftError(
        'tooling/bad-table',
        'A line of the data is not numbers and a class. Nothing was written. Correct it.',
        { facts: [`Line ${index + 2}: ${line.slice(0, 80)}`, `Classes: ${classes.join(', ')}`] },
      )
    }
    table.rows.push(row)
    table.outcomes.push(outcome)
  }
  return table
}

function featureOf(title: string): { name: string; unit: string } {
  const [, name = title, unit = ''] = /^(.*?)(?: \[(.*)\])?$/.exec(title) ?? []
  return { name, unit }
}
