/**
 * Asks a captcha's server whether its puzzle was solved: the `siteverify` of reCAPTCHA, which hCaptcha and
 * Turnstile speak as well. https://developers.google.com/recaptcha/docs/verify
 * @module
 */
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { z } from 'zod'
import type { SponsoredApp } from '../config.ts'

const answerSchema = z.object({ success: z.boolean() })
const answerMs = 5_000

/** @returns false as well where the server does not answer: who pays wants no doubt */
export async function passesCaptcha(
  { verifyUrl, secretFile }: NonNullable<SponsoredApp['captcha']>,
  { response, address }: { response: string | null; address: string },
): Promise<boolean> {
  if (response === null) return false
  const secret = (await readFile(secretFile, 'utf8')).trim()
  const body = new URLSearchParams({ secret, response })
  // Of IPv6 we have the network alone.
  if (isIP(address)) body.set('remoteip', address)
  try {
    const answer = await fetch(verifyUrl, {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(answerMs),
    })
    return answerSchema.parse(await answer.json()).success
  } catch {
    return false
  }
}
