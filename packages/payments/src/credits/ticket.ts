/**
 * A ticket: what the circuit `credit.circom` takes to prove it, and what the contract takes.
 * @module
 */
import type { Hex } from '@weft/protocol'
import { LeanIMT } from '@zk-kit/lean-imt'
import { poseidon1 } from 'poseidon-lite/poseidon1'
import { poseidon2 } from 'poseidon-lite/poseidon2'
import { poseidon3 } from 'poseidon-lite/poseidon3'
import { encodeAbiParameters, keccak256 } from 'viem/utils'
import { noSuchMember } from './credit-errors.ts'
import { identityOf } from './secret.ts'

/** Who has bought, as the chain says it. */
export type Member = { identity: bigint; count: bigint; expiry: bigint }

/** Where tickets are for. */
export type CreditsRef = { chainId: number; contract: Hex; denomination: number }

export type TicketInit = {
  secret: bigint
  /** Which of those bought together, from 0. */
  index: number
  at: CreditsRef
  /** In the order in which they bought: all of this denomination, or the one whose ticket is withdrawn. */
  members: readonly Member[]
  /** Whom the ticket lets spend; null withdraws it. */
  key: Hex | null
  /** Its bond must be there until then at least, in seconds since 1970; 0 where nobody cares. */
  aliveAt: bigint
}

/** Groth16, as `Groth16.Proof` in Solidity. */
type TicketProof = {
  a: { x: bigint; y: bigint }
  b: { x: readonly [bigint, bigint]; y: readonly [bigint, bigint] }
  c: { x: bigint; y: bigint }
}

/** As `Credits.Ticket` in Solidity. */
export type Ticket = {
  root: bigint
  nullifier: bigint
  y: bigint
  domain: bigint
  x: bigint
  aliveAt: bigint
  proof: TicketProof
}

/** Whatever proves: a worker in a tab. */
export type ProveTicket = (
  input: Readonly<Record<string, bigint | readonly bigint[]>>,
) => Promise<{ proof: TicketProof; publicSignals: readonly bigint[] }>

/** The circuit's levels. */
const depth = 20
const zeroAddress = `0x${'0'.repeat(40)}` as const

/** @throws WeftError `payments/no-member`; what `prove` throws */
export async function proveTicket(init: TicketInit, prove: ProveTicket): Promise<Ticket> {
  const { secret, index, at, members, key, aliveAt } = init
  const identity = identityOf(secret)
  const place = members.findIndex((member) => member.identity === identity)
  const member = members[place]
  if (!member) throw noSuchMember()
  const leaves = members.map((each) => poseidon3([each.identity, each.count, each.expiry]))
  const tree = new LeanIMT<bigint>((left, right) => poseidon2([left, right]), leaves)
  const path = tree.generateProof(place)
  const level = (values: readonly bigint[]) => [
    ...values,
    ...Array.from({ length: depth - values.length }, () => 0n),
  ]
  const { proof, publicSignals } = await prove({
    secret,
    index: BigInt(index),
    count: member.count,
    expiry: member.expiry,
    isUsed: level(path.siblings.map(() => 1n)),
    isRight: level(path.siblings.map((_, bit) => (BigInt(path.index) >> BigInt(bit)) & 1n)),
    siblings: level(path.siblings),
    domain: domainOf(at),
    x: signalOf(at, key),
    aliveAt,
  })
  const [root = 0n, nullifier = 0n, y = 0n, domain = 0n, x = 0n] = publicSignals
  return { root, nullifier, y, domain, x, aliveAt, proof }
}

export function nullifierOf(secret: bigint, at: CreditsRef, index: number): bigint {
  return poseidon1([poseidon3([secret, domainOf(at), BigInt(index)])])
}

/** As `Credits.domainOf`. */
export function domainOf({ chainId, contract, denomination }: CreditsRef): bigint {
  const types = [{ type: 'uint256' }, { type: 'address' }, { type: 'uint256' }] as const
  const words = encodeAbiParameters(types, [BigInt(chainId), contract, BigInt(denomination)])
  return BigInt(keccak256(words)) >> 8n
}

/** As `Credits.signalOf`. */
export function signalOf(at: CreditsRef, key: Hex | null): bigint {
  const types = [{ type: 'uint256' }, { type: 'address' }] as const
  return BigInt(keccak256(encodeAbiParameters(types, [domainOf(at), key ?? zeroAddress]))) >> 8n
}
