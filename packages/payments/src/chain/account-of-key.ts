/**
 * A tab's key as an account of the chain.
 * @module
 */
import type { PrivateKey } from '@weft/protocol'
import { bytesToHex, type LocalAccount, nonceManager } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

/**
 * Sends transactions as far as the key has coins for their fees: anybody may redeem for a payee, so it can. It goes
 * to court with the same key, so numbers are given out in one place.
 */
export function accountOfKey(privateKey: PrivateKey): LocalAccount {
  return privateKeyToAccount(bytesToHex(privateKey), { nonceManager })
}
