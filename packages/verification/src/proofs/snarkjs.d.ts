/** What is used of snarkjs 0.7.6, which brings no types (https://github.com/iden3/snarkjs). */
declare module 'snarkjs' {
  /** A file's path, its bytes, or a place in memory that a call writes to. */
  type Source = string | Uint8Array | MemoryFile
  type MemoryFile = { type: 'mem'; data?: Uint8Array }
  /** In a key's history, and in that of powers of tau. */
  type ContributionHash = Uint8Array
  /** Numbers in decimal, as strings; arrays of them for circom's arrays. */
  type CircuitInput = Readonly<Record<string, string | readonly string[]>>
  type ProverOptions = { singleThread?: boolean }

  type Groth16Proof = {
    pi_a: string[]
    pi_b: string[][]
    pi_c: string[]
    protocol: string
    curve: string
  }

  type VerificationKey = {
    protocol: string
    curve: string
    nPublic: number
    vk_alpha_1: string[]
    vk_beta_2: string[][]
    vk_gamma_2: string[][]
    vk_delta_2: string[][]
    IC: string[][]
  }

  type R1csJson = {
    nVars: number
    nOutputs: number
    nPubInputs: number
    nPrvInputs: number
    nConstraints: number
    /** A, B and C of A * B = C: coefficients by wire. */
    constraints: Record<string, bigint | string>[][]
  }

  export const groth16: {
    prove(
      zkey: Source,
      witness: Source,
      logger?: undefined,
      options?: ProverOptions,
    ): Promise<{ proof: Groth16Proof; publicSignals: string[] }>
    verify(
      key: VerificationKey,
      publicSignals: readonly string[],
      proof: Groth16Proof,
    ): Promise<boolean>
  }
  export const wtns: {
    calculate(input: CircuitInput, wasm: Source, witness: Source): Promise<void>
    exportJson(witness: Source): Promise<bigint[]>
  }
  export const r1cs: { exportJson(path: string): Promise<R1csJson> }
  /** Points as bytes, in one of the library's own forms. */
  type Group<Coordinate> = {
    fromObject(coordinates: readonly Coordinate[]): Uint8Array
    isValid(point: Uint8Array): boolean
    isZero(point: Uint8Array): boolean
    add(a: Uint8Array, b: Uint8Array): Uint8Array
    neg(point: Uint8Array): Uint8Array
    timesScalar(point: Uint8Array, scalar: bigint): Uint8Array
  }

  type Curve = {
    G1: Group<bigint | bigint[]>
    G2: Group<bigint | bigint[]>
    pairing(first: Uint8Array, second: Uint8Array): Uint8Array
    /** Points of both groups in turn, and what the product of their pairings is to be. */
    pairingEq(...points: readonly Uint8Array[]): Promise<boolean>
    terminate(): Promise<void>
  }

  export const curves: {
    /** On one thread a new one each time, else one for all. */
    getCurveFromName(name: 'bn128', options?: ProverOptions): Promise<Curve>
  }
  export const powersOfTau: {
    newAccumulator(curve: object, power: number, to: string): Promise<ContributionHash>
    contribute(from: string, to: string, name: string, entropy: string): Promise<ContributionHash>
    beacon(
      from: string,
      to: string,
      name: string,
      hash: string,
      iterationsExponent: number,
    ): Promise<ContributionHash>
    preparePhase2(from: string, to: string): Promise<void>
  }
  export const zKey: {
    newZKey(r1cs: string, powersOfTau: string, to: string): Promise<ContributionHash | -1>
    contribute(from: string, to: string, name: string, entropy: string): Promise<ContributionHash>
    beacon(
      from: string,
      to: string,
      name: string,
      hash: string,
      iterationsExponent: number,
    ): Promise<ContributionHash>
    verifyFromR1cs(r1cs: string, powersOfTau: string, key: string): Promise<boolean>
    exportVerificationKey(key: string): Promise<VerificationKey>
  }
}
