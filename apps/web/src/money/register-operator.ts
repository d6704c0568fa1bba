/**
 * A wallet becomes the owner of a tab's key: the key agrees, the wallet sends.
 * @module
 */
import type { OperatorOnChain, RegistryWallet, SendOptions } from '@weft/payments/chain'
import type { Hex } from '@weft/protocol'
import type { Purse } from '@weft/sdk'
import type { PayingNetwork } from '../wallet/wallet-state.ts'

/** To sign for a registration, and to send it. */
const consentSeconds = 3_600

type Tools = { registry: RegistryWallet; network: PayingNetwork; options: SendOptions }

/** @param roles - see `registryRoles` */
export async function registerOperator(
  { registry, network, options }: Tools,
  {
    purse,
    owner,
    operator,
    roles,
  }: { purse: Purse; owner: Hex; operator: Pick<OperatorOnChain, 'nonce'>; roles: number },
): Promise<void> {
  const deadline = BigInt(Math.floor(Date.now() / 1000) + consentSeconds)
  const { chainId, contracts } = network
  const consent = { owner, roles, nonce: operator.nonce, deadline }
  const signature = purse.agree({ chainId, registry: contracts.registry, ...consent })
  await registry.register({ operator: purse.address, roles, deadline, signature }, options)
}
