import { type Manifest, manifestFile, WeftError } from '@weft/protocol'

/** @returns SHA-256 of the model's tokenizer.json, 32 bytes. @throws WeftError `sdk/bad-manifest` */
export function tokenizerHash(manifest: Manifest): Uint8Array {
  const file = manifestFile(manifest, 'tokenizer.json')
  if (!file) {
    throw new WeftError('sdk/bad-manifest', `The model ${manifest.id} has no tokenizer.json.`)
  }
  return Uint8Array.from(file.sha256.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
