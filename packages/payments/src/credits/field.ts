/**
 * The field that circuits compute in: the scalars of BN254.
 * @module
 */
export const fieldOrder =
  21888242871839275222246405745257275088548364400416034343698204186575808495617n

export function inField(value: bigint): bigint {
  const rest = value % fieldOrder
  return rest < 0n ? rest + fieldOrder : rest
}

/** @returns 1 / value. By Fermat: value^(order - 2); 0 for 0 */
export function inverse(value: bigint): bigint {
  let [result, base] = [1n, inField(value)]
  for (let exponent = fieldOrder - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % fieldOrder
    base = (base * base) % fieldOrder
  }
  return inField(result)
}
