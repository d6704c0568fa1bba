/**
 * What can go wrong with private credits, in words for a person.
 * @module
 */
import { WeftError } from '@weft/protocol'

export function noSuchMember(): WeftError {
  return new WeftError(
    'payments/no-member',
    'The chain knows of no purchase with this secret. Nothing was spent. Wait until the purchase is confirmed, or choose its network.',
  )
}

export function noTicketLeft(): WeftError {
  return new WeftError(
    'payments/no-ticket',
    'All tickets of this purchase were used. Buy others, or use those of another purchase.',
  )
}
