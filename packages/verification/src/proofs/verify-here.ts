/**
 * Verifies where it is called: in a worker, or in Node. A curve and a key are opened once, on one thread: what they
 * take is twenty times what a proof then does, and several threads only hand each other its few points.
 * @module
 */
import { baseFieldOrder, scalarFieldOrder } from '@weft/protocol'
import type { Curve, VerificationKey } from 'snarkjs'
import { type Proof, type Proved, toSnarkjs } from './proof.ts'
import type { CircuitName, OpenArtifact } from './read-artifact.ts'

/** Whether a proof holds. Never throws for one that does not, whatever is in it. */
export type Verify = (proved: Proved) => Promise<boolean>

/**
 * Of Groth16: e(A, B) = e(alpha, beta) e(inputs, gamma) e(C, delta), the same as `Groth16.sol`.
 * @throws WeftError `verification/wrong-artifact`, `no-artifact`
 */
export async function openVerifier(circuit: CircuitName, open: OpenArtifact): Promise<Verify> {
  const [{ curves }, bytes] = await Promise.all([
    import('snarkjs'),
    open(circuit, 'verificationKey'),
  ])
  const curve = await curves.getCurveFromName('bn128', { singleThread: true })
  const { G1, G2 } = curve
  const key: VerificationKey = JSON.parse(new TextDecoder().decode(bytes))
  const number = (value: string | readonly string[]) =>
    typeof value === 'string' ? BigInt(value) : value.map(BigInt)
  const first = (point: readonly string[]) => G1.fromObject(point.map(number))
  const second = (point: readonly string[][]) => G2.fromObject(point.map(number))
  const [constant, ...inputs] = key.IC.map(first)
  const [gamma, delta] = [second(key.vk_gamma_2), second(key.vk_delta_2)]
  const expected = curve.pairing(first(key.vk_alpha_1), second(key.vk_beta_2))

  return async ({ proof, publicSignals }) => {
    const isWhole =
      publicSignals.length === key.nPublic && publicSignals.every(isBelow(scalarFieldOrder))
    if (!isWhole || !numbersOf(proof).every(isBelow(baseFieldOrder))) return false
    const { pi_a, pi_b, pi_c } = toSnarkjs(proof)
    const [a, b, c] = [first(pi_a), second(pi_b), first(pi_c)]
    if (!G1.isValid(a) || !G1.isValid(c) || !isInGroup(curve, b)) return false
    const sum = inputs.reduce(
      (sum, point, index) => G1.add(sum, G1.timesScalar(point, publicSignals[index] ?? 0n)),
      constant as Uint8Array,
    )
    return curve.pairingEq(a, b, G1.neg(sum), gamma, G1.neg(c), delta, expected)
  }
}

/** On the curve alone is not enough: the second group's has points of other orders, on which pairings say nothing. */
function isInGroup({ G2 }: Curve, point: Uint8Array): boolean {
  return G2.isValid(point) && G2.isZero(G2.timesScalar(point, scalarFieldOrder))
}

function isBelow(limit: bigint): (value: bigint) => boolean {
  return (value) => value >= 0n && value < limit
}

function numbersOf({ a, b, c }: Proof): bigint[] {
  return [a.x, a.y, ...b.x, ...b.y, c.x, c.y]
}
