/**
 * Of which models answers are checked by their states as well as by their tokens.
 * @module
 */
import type { Manifest } from '@weft/protocol'

/** Whether its manifest has limits for states: they were measured, so its graph shows some. */
export function hasFingerprints(manifest: Manifest): boolean {
  return manifest.task === 'chat' && Boolean(manifest.thresholds?.fingerprint)
}
