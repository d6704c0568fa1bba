/**
 * A proof as a file that anybody with the model's card can check.
 * @module
 */
import type { Proved, ProvedModel } from '@weft/sdk/proved'

/** JSON; whole numbers beyond 53 bits as decimal strings. `model` is the hash of the card. */
export function proofFile({ hash, cid, card }: ProvedModel, proved: Proved): File {
  const { name, commitment } = card
  const content = { name, model: hash, cid, commitment, ...proved }
  const text = JSON.stringify(
    content,
    (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
    2,
  )
  return new File([`${text}\n`], 'weft-proof.json', { type: 'application/json' })
}
