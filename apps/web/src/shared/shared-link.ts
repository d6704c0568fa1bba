/**
 * Where a shared answer is: in the fragment of a link, which browsers send to nobody, or in a file when a link
 * would be too long to be passed on.
 * @module
 */
import { checkSharedAnswer, packAnswer, type SharedAnswer, unpackAnswer } from '@weft/protocol'
import type { AnswerRecord } from '@weft/sdk'

/** Many programs that pass links on cut longer ones. */
const maxLinkChars = 16_000
const fileName = 'answer.weft'

export type Share = { type: 'link'; href: string } | { type: 'file'; file: File }

/** @throws WeftError `sdk/nothing-to-share`, `protocol/receipt`, `protocol/too-large` */
export async function shareOf(answer: AnswerRecord, origin: string): Promise<Share> {
  const { toShared } = await import('@weft/sdk')
  const packed = await packAnswer(toShared(answer))
  const href = `${origin}/shared#${packed}`
  if (href.length <= maxLinkChars) return { type: 'link', href }
  return { type: 'file', file: new File([packed], fileName, { type: 'text/plain' }) }
}

/**
 * Reads what a link or a file holds and checks it, asking nobody.
 * @throws MalformedError, TooLargeError, SignatureError, WeftError `protocol/receipt`
 */
export async function openShared(packed: string): Promise<SharedAnswer> {
  const shared = await unpackAnswer(packed.trim().replace(/^.*#/s, ''))
  checkSharedAnswer(shared)
  return shared
}
