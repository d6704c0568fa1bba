import { expect, test } from 'vitest'
import { readableOn } from './page-look.ts'

test.each([
  ['#ffffff', '#000000'],
  ['#000000', '#ffffff'],
  ['#a63d2f', '#ffffff'],
  ['#e3be4a', '#000000'],
  ['#2c4a8a', '#ffffff'],
  // The two contrasts part at a luminance of 0.179.
  ['#757575', '#ffffff'],
  ['#777777', '#000000'],
])('on %s one reads %s', (colour, expected) => {
  expect(readableOn(colour)).toBe(expected)
})
