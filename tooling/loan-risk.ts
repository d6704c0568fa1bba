/**
 * `npm run loan-risk`: draws applicants, trains the example of a proved model on them, and writes both: the data
 * into .weft, the model beside this. `npm run quantise` goes on from there; `loan-risk/README.md` has the commands.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeDenseLayers } from '@weft/engine/local'
import { drawApplicants, outcomes, questions } from './loan-risk/applicants.ts'
import { train } from './loan-risk/train.ts'
import { root } from './run-step.ts'

const seed = 2026
const count = 10_000
const sizes = [16, 32, 16, 3]
const epochs = 20

const applicants = drawApplicants(count, seed)
const folder = join(root, '.weft/loan-risk')
mkdirSync(folder, { recursive: true })
const titles = questions.map(({ name, unit }) => (unit ? `${name} [${unit}]` : name))
const lines = applicants.map(({ answers, outcome }) => [...answers, outcomes[outcome]].join())
const head = [...titles, 'outcome'].join()
writeFileSync(join(folder, 'applicants.csv'), `${[head, ...lines].join('\n')}\n`)

// The last fifth is what `npm run quantise` measures on.
const examples = applicants
  .slice(0, 0.8 * count)
  .map(({ answers, outcome }) => ({ features: answers, outcome }))
const layers = train(examples, { sizes, epochs, seed })
const model = join(root, 'tooling/loan-risk/loan-risk.onnx')
writeFileSync(model, writeDenseLayers(layers))
console.log(`${count} applicants in ${folder}, the model in ${model}`)
