/**
 * Tensors, and what a graph takes and gives as a type: TypeScript then knows feeds and fetches by name
 * and dtype.
 *
 *     const detector = defineGraph({
 *       inputs: { input: tensor('float32', ['batch', 'samples']), state: tensor('float32', [2, 'batch', 128]) },
 *       outputs: { output: tensor('float32', ['batch', 1]), stateN: tensor('float32', [2, 'batch', 128]) },
 *       state: { state: 'stateN' },
 *     })
 * @module
 */

/** By ONNX Runtime's names; bool is a byte each, float16 its bits, 4-bit integers two in a byte. */
type DtypeData = {
  float32: Float32Array
  float64: Float64Array
  float16: Uint16Array
  int8: Int8Array
  uint8: Uint8Array
  int16: Int16Array
  uint16: Uint16Array
  int32: Int32Array
  uint32: Uint32Array
  int64: BigInt64Array
  uint64: BigUint64Array
  bool: Uint8Array
  int4: Uint8Array
  uint4: Uint8Array
  string: string[]
}
export type Dtype = keyof DtypeData

/** What holds the values of each. */
export const dtypes = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
  int4: Uint8Array,
  uint4: Uint8Array,
  string: Array,
} satisfies Record<Dtype, unknown>

/** Row by row; as many values as the product of `dims`. */
export type GraphTensor<Type extends Dtype = Dtype> = {
  [Name in Type]: {
    dtype: Name
    dims: readonly number[]
    data: DtypeData[Name]
  }
}[Type]

export type TensorSpec<Type extends Dtype = Dtype> = {
  dtype: Type
  /** A length, or a name: dimensions of one name are equal in all feeds of a run. */
  dims: readonly (number | string)[]
}

type Specs = Record<string, TensorSpec>

export type GraphSchema = {
  inputs: Specs
  outputs: Specs
  /** Inputs that the output named here renews after every run, without leaving the device. */
  state?: Record<string, string>
}

export function tensor<Type extends Dtype>(
  dtype: Type,
  dims: readonly (number | string)[],
): TensorSpec<Type> {
  return { dtype, dims }
}

/** Returns what it is given, with its names and dtypes as types. */
export function defineGraph<const Schema extends GraphSchema>(schema: Schema): Schema {
  return schema
}

type TensorOf<Spec> = Spec extends TensorSpec<infer Type> ? GraphTensor<Type> : never
type StateInput<Schema> = Schema extends { state: infer State } ? keyof State : never
type StateOutput<Schema> = Schema extends { state: infer State } ? State[keyof State] : never

/** Every input; those of the state only where a run is to start from something else. */
export type Feeds<Schema extends GraphSchema> = {
  [Name in Exclude<keyof Schema['inputs'], StateInput<Schema>>]: TensorOf<Schema['inputs'][Name]>
} & {
  [Name in keyof Schema['inputs'] & StateInput<Schema>]?: TensorOf<Schema['inputs'][Name]>
}

export type OutputName<Schema extends GraphSchema> = keyof Schema['outputs'] & string
/** What a run returns when it is not asked for less or more. */
export type DefaultOutput<Schema extends GraphSchema> = Exclude<
  OutputName<Schema>,
  StateOutput<Schema>
>
export type Fetches<Schema extends GraphSchema, Names extends OutputName<Schema>> = {
  [Name in Names]: TensorOf<Schema['outputs'][Name]>
}
