/**
 * A circuit as its constraints alone: what a proof is about, whatever the program that computes witnesses does.
 * @module
 */
import { r1cs } from 'snarkjs'

const field = 21888242871839275222246405745257275088548364400416034343698204186575808495617n

/** Wires and their coefficients. */
type Sum = readonly (readonly [wire: number, coefficient: bigint])[]
type Constraint = readonly [a: Sum, b: Sum, c: Sum]

export type ConstraintSystem = {
  wires: number
  /** Wires that a prover chooses or a contract gives; all others have to follow from them. Wire 0 is 1. */
  isGiven(wire: number): boolean
  /** Constraints in which a wire occurs. */
  around(wire: number): readonly Constraint[]
  constraints: readonly Constraint[]
}

/** @param path - an `.r1cs` file */
export async function readConstraints(path: string): Promise<ConstraintSystem> {
  const { nVars, nOutputs, nPubInputs, nPrvInputs, constraints: json } = await r1cs.exportJson(path)
  const constraints = json.map((sums) => {
    const [a = [], b = [], c = []] = sums.map((sum) =>
      Object.entries(sum).map(
        ([wire, coefficient]) => [Number(wire), BigInt(coefficient)] as const,
      ),
    )
    return [a, b, c] as const
  })
  const around = new Map<number, Constraint[]>()
  for (const constraint of constraints) {
    for (const wire of wiresOf(constraint)) {
      const list = around.get(wire) ?? []
      around.set(wire, list)
      list.push(constraint)
    }
  }
  const outputs = 1 + nOutputs
  return {
    wires: nVars,
    constraints,
    isGiven: (wire) => wire === 0 || (wire >= outputs && wire < outputs + nPubInputs + nPrvInputs),
    around: (wire) => around.get(wire) ?? [],
  }
}

export function holds([a, b, c]: Constraint, witness: readonly bigint[]): boolean {
  return mod(sumOf(a, witness) * sumOf(b, witness) - sumOf(c, witness)) === 0n
}

/**
 * Which wires do not follow from the given ones: one after another, each by a constraint whose other wires
 * are known already and that changes with this one. What is left could be chosen by a prover.
 */
export function undetermined(system: ConstraintSystem, witness: readonly bigint[]): number[] {
  const isKnown = Array.from({ length: system.wires }, (_, wire) => system.isGiven(wire))
  const missing = new Map<Constraint, Set<number>>()
  const ready: Constraint[] = []
  for (const constraint of system.constraints) {
    const unknown = new Set([...wiresOf(constraint)].filter((wire) => !isKnown[wire]))
    missing.set(constraint, unknown)
    if (unknown.size === 1) ready.push(constraint)
  }
  for (let constraint = ready.pop(); constraint; constraint = ready.pop()) {
    const [wire] = missing.get(constraint) ?? []
    if (wire === undefined || isKnown[wire] || slope(constraint, wire, witness) === 0n) continue
    isKnown[wire] = true
    for (const next of system.around(wire)) {
      const unknown = missing.get(next)
      unknown?.delete(wire)
      if (unknown?.size === 1) ready.push(next)
    }
  }
  return isKnown.flatMap((known, wire) => (known ? [] : [wire]))
}

/** How a * b - c changes with one wire. */
function slope([a, b, c]: Constraint, wire: number, witness: readonly bigint[]): bigint {
  const of = (sum: Sum) => sum.find(([other]) => other === wire)?.[1] ?? 0n
  return mod(of(a) * sumOf(b, witness) + of(b) * sumOf(a, witness) - of(c))
}

function wiresOf(constraint: Constraint): Set<number> {
  return new Set(constraint.flat().map(([wire]) => wire))
}

function sumOf(sum: Sum, witness: readonly bigint[]): bigint {
  return sum.reduce((total, [wire, coefficient]) => total + coefficient * (witness[wire] ?? 0n), 0n)
}

function mod(value: bigint): bigint {
  return ((value % field) + field) % field
}
