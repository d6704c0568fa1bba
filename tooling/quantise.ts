/**
 * `npm run quantise`: a small network from an ONNX file in the whole numbers that a proof is made of, with what that
 * costs.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { readDenseLayers } from '@weft/engine/local'
import { WeftError } from '@weft/protocol'
import { makePackage } from '@weft/verification/proved-models'
import { readCommandLine, refuse } from './command-line.ts'
import { readTable } from './quantise/read-table.ts'

const usage = `npm run quantise -- MODEL.onnx --data ROWS.csv --out PACKAGE.json [options]

  MODEL.onnx            Gemm, Relu, Gemm, Relu, Gemm and perhaps ArgMax: 16 features, 3 classes
  --data ROWS.csv       a column for each feature, then the class by its name; the first line says what they
                        are, a unit in brackets: income [EUR]
  --out PACKAGE.json    gets the card, which is public, and the weights and their salt, which are not
  --card CARD.json      gets the card alone, to publish
  --classes A,B,C       names of the classes, in the order of the scores
  --name NAME  --description TEXT  --licence SPDX

The last fifth of the rows is measured on and not looked at before.`

const { values, positionals } = readCommandLine(usage, {
  data: { type: 'string' },
  out: { type: 'string' },
  card: { type: 'string' },
  classes: { type: 'string' },
  name: { type: 'string', default: 'A network' },
  description: { type: 'string', default: 'A network with secret weights.' },
  licence: { type: 'string', default: 'LicenseRef-secret' },
})

function main(model: string, data: string, out: string, classes: readonly string[]): void {
  const layers = readDenseLayers(new Uint8Array(readFileSync(model)))
  const table = readTable(readFileSync(data, 'utf8'), classes)
  const made = makePackage({
    layers,
    ...table,
    classes,
    salt: BigInt(`0x${randomBytes(31).toString('hex')}`),
    words: { name: values.name, description: values.description, licence: values.licence },
  })
  write(out, made)
  if (values.card) write(values.card, made.card)
  const { measured, commitment } = made.card
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`
  console.log(`${out}: commitment ${commitment}
  accuracy on ${measured.rows} rows: ${percent(measured.accuracyBefore)} before, ${percent(measured.accuracyAfter)} after
  same class: ${percent(measured.agreement)}; a score is off by ${measured.meanScoreError.toPrecision(2)}, at most ${measured.largestScoreError.toPrecision(2)}`)
}

function write(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(value)}\n`)
}

const [model] = positionals
const classes = values.classes?.split(',') ?? []
if (!model) refuse(usage, 'A model is missing.')
if (!values.data) refuse(usage, '--data ROWS.csv is missing.')
if (!values.out) refuse(usage, '--out PACKAGE.json is missing.')
if (classes.length !== 3) refuse(usage, '--classes A,B,C is missing.')
try {
  main(model, values.data, values.out, classes)
} catch (error) {
  const { message, facts } = WeftError.from(error, 'tooling/quantise', 'Nothing was written.')
  console.error([message, ...facts].join('\n'))
  process.exitCode = 1
}
