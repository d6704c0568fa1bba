/**
 * What a channel has left to spend.
 * @module
 */
type Collateral = { capWei: bigint; committedWei: bigint }

/** @param promisedWei - by this tab's accounts, which the chain may not know yet */
export function unspentWei({ capWei, committedWei }: Collateral, promisedWei: bigint): bigint {
  const goneWei = promisedWei > committedWei ? promisedWei : committedWei
  return capWei > goneWei ? capWei - goneWei : 0n
}
