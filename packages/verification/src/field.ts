/**
 * Polynomials over GF(65497), the largest prime below every 16-bit pattern that is no finite bfloat16:
 * those of finite numbers end at 0xff7f = 65407. A product of two elements, and one more added, fit 32 bits.
 * @module
 */
import { fingerprintPrime as prime } from '@weft/protocol'

/** Coefficients, lowest first, each in [0, prime). */
export type Polynomial = Uint32Array

/**
 * The one polynomial of degree below `points.length` through all points, by Lagrange's formula: the sum
 * of y_i / prod(x_i - x_j) * prod(x - x_j), whose products come from one by synthetic division.
 * @param points x different from each other; x and y in [0, prime)
 */
export function interpolate(points: readonly { x: number; y: number }[]): Polynomial {
  // prod (x - x_i), lowest coefficient first.
  const all = Uint32Array.of(1, ...points.map(() => 0))
  points.forEach(({ x }, degree) => {
    for (let power = degree + 1; power > 0; power--) {
      all[power] = multiplyAdd(prime - x, at(all, power), at(all, power - 1))
    }
    all[0] = multiplyAdd(prime - x, at(all, 0), 0)
  })
  const sum = new Uint32Array(points.length)
  const others = new Uint32Array(points.length)
  for (const { x, y } of points) {
    // Divided by (x - x_i), highest first.
    let carried = 0
    for (let power = points.length; power > 0; power--) {
      carried = multiplyAdd(carried, x, at(all, power))
      others[power - 1] = carried
    }
    const scale = multiplyAdd(y, inverse(evaluate(others, x)), 0)
    for (let power = 0; power < sum.length; power++) {
      sum[power] = multiplyAdd(scale, at(others, power), at(sum, power))
    }
  }
  return sum
}

/** @param x in [0, prime). @returns in [0, prime) */
export function evaluate(polynomial: Polynomial, x: number): number {
  let value = 0
  for (let power = polynomial.length - 1; power >= 0; power--) {
    value = multiplyAdd(value, x, at(polynomial, power))
  }
  return value
}

/** Fermat: a^(p-2). @param value not 0 */
function inverse(value: number): number {
  let result = 1
  let square = value
  for (let exponent = prime - 2; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = multiplyAdd(result, square, 0)
    square = multiplyAdd(square, square, 0)
  }
  return result
}

/** a b + c. @param a in [0, prime], as c; b in [0, prime) */
function multiplyAdd(a: number, b: number, c: number): number {
  const value = a * b + c
  // Exact, and many times as fast as `%`.
  return value - Math.floor(value / prime) * prime
}

function at(values: Uint32Array, index: number): number {
  return values[index] ?? 0
}
