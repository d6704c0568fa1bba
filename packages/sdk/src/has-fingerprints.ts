import type { Manifest } from '@weft/protocol'

/** Whether its graph shows hidden states, and how far those of honest devices are apart was measured. */
export function hasFingerprints(manifest: Manifest): boolean {
  return manifest.task === 'chat' && Boolean(manifest.thresholds?.fingerprint)
}
