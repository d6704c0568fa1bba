/**
 * Whether the browser keeps anything for this frame. Where it keeps nothing for frames of other sites, the least look
 * at storage throws; and nothing is made by looking.
 * @module
 */
export function canKeep(): boolean {
  try {
    localStorage.getItem('weft')
    return true
  } catch {
    return false
  }
}
