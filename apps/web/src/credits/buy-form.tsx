import type { DenominationOnChain } from '@weft/payments/chain'
import type { Hex } from '@weft/protocol'
import { type FormEvent, useState } from 'react'
import { ActionNote } from '../money/action-note.tsx'
import { weft } from '../money/amounts.ts'
import { parsePayAtMost } from '../money/price-words.ts'
import { useChainAction } from '../money/use-chain-action.ts'
import { readPreference } from '../site/preferences.ts'
import { useTab } from '../site/tab-context.tsx'
import { Button } from '../ui/button.tsx'
import { NumberField } from '../ui/number-field.tsx'
import { Select } from '../ui/select.tsx'
import type { PayingNetwork, WalletActions } from '../wallet/wallet-state.ts'
import { answersWords, setWords } from './credit-words.ts'
import { TicketNote } from './ticket-note.tsx'

type BuyFormProps = {
  network: PayingNetwork
  wallet: WalletActions
  denominations: readonly DenominationOnChain[]
  onDone: () => Promise<void>
}

/** As the contract says it. */
const mostTickets = 100

/** A secret is drawn and kept first, for good, then its hash is bought for. */
export function BuyForm({ network, wallet, denominations, onDone }: BuyFormProps) {
  const tab = useTab()
  const [chosen, setChosen] = useState('0')
  const [typed, setTyped] = useState('5')
  const action = useChainAction(wallet)
  const denomination = denominations[Number(chosen)]
  if (!tab || !denomination) return null
  const { valueWei, capWei, bondWei, members } = denomination
  const tickets = /^\d{1,3}$/.test(typed) ? Number(typed) : 0
  const problem =
    tickets >= 1 && tickets <= mostTickets ? undefined : `From 1 to ${mostTickets} tickets.`
  const priceWei = BigInt(tickets) * (valueWei + bondWei)

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (problem || !tab) return
    const { chainId, contracts } = network
    const contract = contracts.credits.toLowerCase() as Hex
    const at = { chainId, contract, denomination: Number(chosen) }
    const { identity } = await tab.credits.prepare(at, tickets)
    await action.run(({ credits, options }) =>
      credits.buy({ denomination: at.denomination, identity, count: tickets }, options),
    )
    await tab.credits.refresh()
    await onDone()
  }

  return (
    <form
      onSubmit={(event) => void submit(event)}
      className="on-paper grid gap-3 rounded-md border border-thread bg-paper p-4"
    >
      <div className="grid items-start gap-3 sm:grid-cols-[12rem_12rem]">
        <Select
          label="Tickets of"
          value={chosen}
          options={denominations.map((each, index) => [`${index}`, weft(each.valueWei)] as const)}
          disabled={action.step !== null}
          onChange={setChosen}
        />
        <NumberField
          label="How many"
          value={typed}
          step={1}
          note={`Up to ${mostTickets}`}
          problem={problem}
          onChange={setTyped}
        />
      </div>
      {!problem && (
        <div className="max-w-[66ch] text-sm">
          <p>
            {answersWords(capWei * BigInt(tickets), parsePayAtMost(readPreference('payAtMost')))}
          </p>
          <p className="text-ash" data-testid="credit-set">
            {setWords(members)}
          </p>
          <p className="text-ash">
            {weft(priceWei)} leave the wallet, {weft(BigInt(tickets) * bondWei)} of them as a bond.
          </p>
        </div>
      )}
      <TicketNote index={Number(chosen)} denominations={denominations} />
      <div>
        <Button kind="plain" type="submit" disabled={Boolean(problem) || action.step !== null}>
          Buy for {weft(priceWei)}
        </Button>
      </div>
      <ActionNote action={action} />
    </form>
  )
}
