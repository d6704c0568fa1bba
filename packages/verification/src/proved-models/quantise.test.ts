import { expect, test } from 'vitest'
import { numbersFrom, sampleNetwork } from '../../circuits/sample-network.ts'
import { artifacts } from '../proofs/artifacts.ts'
import { commitmentOf } from './commitment.ts'
import { makePackage } from './make-package.ts'
import { cardHash, featuresOf, networkOf, readPackage, servedCid } from './model-package.ts'
import { classOf, scoresOf, sizes } from './network.ts'
import { pack, packScores, unpack, unpackScores } from './pack.ts'
import { type FloatLayer, measure, quantise } from './quantise.ts'

const next = numbersFrom(3)
const rowsOf = (count: number) =>
  Array.from({ length: count }, () =>
    Array.from({ length: sizes[0] }, (_, i) => (next(1_000) / 1_000) * 10 ** (i % 4) + i),
  )

/** Features of very different size, and hidden values that are always 0. */
function floatLayers(): FloatLayer[] {
  const outputs = sizes.slice(1)
  return outputs.map((count, layer) => ({
    weights: Array.from({ length: count }, (_, o) =>
      Array.from({ length: sizes[layer] ?? 0 }, (_, i) =>
        layer === 0 ? next(100) / 100 / 10 ** (i % 4) : o === 1 ? -0.1 : next(100) / 100,
      ),
    ),
    biases: Array.from({ length: count }, (_, o) => (o === 1 && layer < 2 ? -50 : next(100) / 100)),
  }))
}

const words = { name: 'Sample', description: 'Of a test.', licence: 'Apache-2.0' }
const features = Array.from({ length: sizes[0] }, (_, i) => ({ name: `feature ${i}`, unit: '' }))

function samplePackage() {
  const [layers, rows] = [floatLayers(), rowsOf(300)]
  const outcomes = rows.map((_, index) => index % 3)
  const classes = ['a', 'b', 'c']
  return {
    layers,
    rows,
    made: makePackage({ layers, features, rows, outcomes, classes, salt: 77n, words }),
  }
}

test('whole numbers say nearly what floats say, in the ranges of the circuit', () => {
  const [layers, rows] = [floatLayers(), rowsOf(600)]
  const quantised = quantise(layers, rows.slice(0, 400))
  for (const { weights, biases } of quantised.network.layers) {
    const most = Math.max(...weights.flat().map(Math.abs))
    expect(most).toBeLessThanOrEqual(127)
    expect(most).toBeGreaterThan(63)
    expect(Math.max(...biases.map(Math.abs))).toBeLessThan(2 ** 15)
  }
  const rest = rows.slice(400)
  const own = measure(
    layers,
    quantised,
    rest,
    rest.map(() => 0),
  )
  expect(own.agreement).toBeGreaterThan(0.97)
  expect(own.meanScoreError).toBeLessThan(0.5)
  // Scores are some tens here: an error that is one is seen.
  const scale = { ...quantised, scoreScale: 2 * quantised.scoreScale }
  expect(
    measure(
      layers,
      scale,
      rest,
      rest.map(() => 0),
    ).meanScoreError,
  ).toBeGreaterThan(2)
})

test('a network of other sizes is refused', () => {
  const layers = floatLayers()
  expect(() => quantise(layers.slice(0, 2), rowsOf(9))).toThrow('other sizes')
  expect(() => quantise([...layers].reverse(), rowsOf(9))).toThrow('other sizes')
})

test('what was packed is unpacked, the largest and the least too', () => {
  const values = [-128, 127, 0, -1, 5]
  expect(unpack(pack(values, 8)[0] ?? 0n, 8, values.length)).toEqual(values)
  expect(
    pack(
      Array.from({ length: 32 }, () => 0),
      8,
    ).length,
  ).toBe(2)
  const scores = [-292_864, 0, 292_607]
  expect(unpackScores(packScores(scores))).toEqual(scores)
})

test('the first of the largest scores says which class', () => {
  expect(classOf([1, 3, 3])).toBe(1)
  expect(classOf([-5, -7, -5])).toBe(0)
})

test('a package is read again, with its commitment opened; other weights or another salt are refused', () => {
  const { made, rows } = samplePackage()
  expect(readPackage(JSON.parse(JSON.stringify(made)))).toEqual(made)
  const [row = []] = rows
  expect(scoresOf(networkOf(made), featuresOf(made.card, row)).length).toBe(3)
  const refused = expect.objectContaining({ code: 'verification/wrong-weights' })
  const { card, secret } = made
  expect(() => readPackage({ card, secret: { ...secret, salt: '78' } })).toThrow(refused)
  const { layers } = sampleNetwork(1)
  expect(() => readPackage({ card, secret: { ...secret, layers } })).toThrow(refused)
  expect(() => readPackage({ card, secret: { ...secret, layers: layers.slice(1) } })).toThrow()
})

test('a card has a hash of its own, whatever the order of its fields', () => {
  const { card } = samplePackage().made
  const turned = Object.fromEntries(Object.entries(card).reverse()) as typeof card
  expect(cardHash(turned)).toEqual(cardHash(card))
  expect(cardHash({ ...card, scoreScale: 2 * card.scoreScale })).not.toEqual(cardHash(card))
})

test('tabs that prove with another key offer another model', () => {
  const { card } = samplePackage().made
  const { sha256 } = artifacts.mlp.artifacts.verificationKey
  expect(servedCid(card)).toBe(servedCid(card, sha256))
  expect(servedCid(card)).not.toBe(servedCid(card, sha256.replace(/^./, 'g')))
  expect(servedCid({ ...card, scoreScale: 2 * card.scoreScale })).not.toBe(servedCid(card))
})

test('what is beyond the range of a feature counts as its end', () => {
  const { card } = samplePackage().made
  expect(
    featuresOf(
      card,
      card.features.map(({ low }) => low - 1_000),
    ),
  ).toEqual(card.features.map(() => -127))
  expect(
    featuresOf(
      card,
      card.features.map(({ high }) => high),
    ),
  ).toEqual(card.features.map(() => 127))
})

test('a salt hides a network that is guessed', () => {
  const network = sampleNetwork(1)
  expect(commitmentOf(network, 1n)).not.toBe(commitmentOf(network, 2n))
})
