/** @param rows each float32 [width]. @returns float32 [rows, width] */
export function joinStates(rows: readonly Float32Array[]): Float32Array {
  const width = rows[0]?.length ?? 0
  const all = new Float32Array(rows.length * width)
  rows.forEach((row, index) => {
    all.set(row, index * width)
  })
  return all
}
