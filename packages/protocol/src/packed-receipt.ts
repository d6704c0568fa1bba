/**
 * A receipt as text: what a gateway's header `weft-receipt` holds, and what `weft verify` reads.
 * @module
 */
import { base64url } from 'multiformats/bases/base64'
import { decode, encode } from './codec.ts'
import { MalformedError } from './errors.ts'
import { type Receipt, receiptSchema } from './receipt.ts'

const subject = 'receipt'

/** @returns its canonical bytes in base64url */
export function packReceipt(receipt: Receipt): string {
  return base64url.baseEncode(encode(subject, receiptSchema, receipt))
}

/** @throws MalformedError, TooLargeError for what `packReceipt` has not made */
export function unpackReceipt(text: string): Receipt {
  let bytes: Uint8Array
  try {
    bytes = base64url.baseDecode(text)
  } catch (cause) {
    const facts = ['It is cut off, or has letters that none has.']
    throw new MalformedError({ subject, facts, cause })
  }
  return decode(subject, receiptSchema, bytes)
}
