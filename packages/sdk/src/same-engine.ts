/**
 * Whether two engines are one in what a registration, a quote and a receipt say of them.
 * @module
 */
import type { EngineInfo } from '@weft/protocol'

export function isSameEngine(a: EngineInfo, b: EngineInfo): boolean {
  return a.runtime === b.runtime && a.backend === b.backend && a.device === b.device
}
