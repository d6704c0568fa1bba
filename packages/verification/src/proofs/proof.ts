/**
 * A Groth16 proof as a contract takes it, and what it is about.
 * @module
 */
import type { Proved } from '@weft/protocol'
import type { Groth16Proof } from 'snarkjs'

export type { Proved } from '@weft/protocol'

/** As `Groth16.Proof` in Solidity: of a pair each first is the imaginary part (EIP-197). */
export type Proof = Proved['proof']
type Pair = Proof['b']['x']

/** Numbers, and arrays of them, by the names of the circuit's inputs. */
export type CircuitInput = Readonly<Record<string, bigint | readonly bigint[]>>

export function fromSnarkjs({ pi_a, pi_b, pi_c }: Groth16Proof): Proof {
  const number = (text: string | undefined) => BigInt(text ?? 0)
  const point = ([x, y]: readonly string[]) => ({ x: number(x), y: number(y) })
  const swapped = ([real, imaginary]: readonly string[] = []): Pair => [
    number(imaginary),
    number(real),
  ]
  return { a: point(pi_a), b: { x: swapped(pi_b[0]), y: swapped(pi_b[1]) }, c: point(pi_c) }
}

export function toSnarkjs({ a, b, c }: Proof): Groth16Proof {
  const swapped = ([imaginary, real]: Pair) => [`${real}`, `${imaginary}`]
  return {
    pi_a: [`${a.x}`, `${a.y}`, '1'],
    pi_b: [swapped(b.x), swapped(b.y), ['1', '0']],
    pi_c: [`${c.x}`, `${c.y}`, '1'],
    protocol: 'groth16',
    curve: 'bn128',
  }
}
