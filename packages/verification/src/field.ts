/**
 * Polynomials over GF(65497), the largest prime below every 16-bit pattern that is no finite bfloat16:
 * those of finite numbers end at 0xff7f = 65407. Products of two elements are exact doubles.
 * @module
 */
export const prime = 65_497

/** Coefficients, lowest first, each in [0, prime). */
export type Polynomial = readonly number[]

/**
 * The one polynomial of degree below `points.length` through all points, by Lagrange's formula: the sum
 * of y_i / prod(x_i - x_j) * prod(x - x_j), whose products come from one by synthetic division.
 * @param points x different from each other; x and y in [0, prime)
 */
export function interpolate(points: readonly { x: number; y: number }[]): number[] {
  // prod (x - x_i), lowest coefficient first.
  let all = [1]
  for (const { x } of points) {
    const grown = new Array<number>(all.length + 1).fill(0)
    all.forEach((coefficient, power) => {
      grown[power + 1] = add(at(grown, power + 1), coefficient)
      grown[power] = add(at(grown, power), (prime - x) * coefficient)
    })
    all = grown
  }
  const sum = new Array<number>(points.length).fill(0)
  const others = new Array<number>(points.length).fill(0)
  for (const { x, y } of points) {
    // Divided by (x - x_i), highest first.
    let carried = 0
    for (let power = points.length; power > 0; power--) {
      carried = add(at(all, power), carried * x)
      others[power - 1] = carried
    }
    const scale = (y * inverse(evaluate(others, x))) % prime
    others.forEach((coefficient, power) => {
      sum[power] = add(at(sum, power), scale * coefficient)
    })
  }
  return sum
}

/** @param x in [0, prime). @returns in [0, prime) */
export function evaluate(polynomial: Polynomial, x: number): number {
  let value = 0
  for (let power = polynomial.length - 1; power >= 0; power--) {
    value = add(at(polynomial, power), value * x)
  }
  return value
}

/** Fermat: a^(p-2). @param value not 0 */
function inverse(value: number): number {
  let result = 1
  let square = value
  for (let exponent = prime - 2; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) result = (result * square) % prime
    square = (square * square) % prime
  }
  return result
}

function add(a: number, b: number): number {
  return (a + b) % prime
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0
}
