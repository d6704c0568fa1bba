/**
 * What a coalition may try. Each plot is played against the contracts as they are, with all others doing what the
 * product does; it returns what the coalition and the honest ones have afterwards more or less than before.
 * @module
 */
import { createVoucherHasher, type Lane } from '@weft/payments'
import {
  bytesToHex,
  type Hex,
  modelKey,
  peerIdFromPrivateKey,
  type Receipt,
  receiptId,
} from '@weft/protocol'
import { parseEther, toHex } from 'viem'
import { sign } from 'viem/accounts'
import { receiptOf, type Town, verdictsOf } from './town.ts'

export type Played = {
  /** Of the coalition; what its client paid its own node is still its own. */
  gainWei: bigint
  /** Of the node and the verifiers that are honest. */
  honestWei: bigint
  end: 'convicted' | 'acquitted' | 'undecided' | 'no case'
}

export type Plot = {
  name: string
  description: string
  play(town: Town): Promise<Played>
}

/** What a cheat is paid for an answer that it did not compute: a thousand tokens at 1 WEFT for a million, tenfold. */
const prizeWei = parseEther('0.01')
/** Of one lane, by answers of this price. */
const washed = { answers: 20, costWei: parseEther('0.1') }

export const plots: readonly Plot[] = [
  {
    name: 'vouch',
    description: 'Its node cheats; its verifiers say that nothing is wrong.',
    play: (town) =>
      counting(town, prizeWei, () => cheatIsTold(town, { byItself: false, appeals: false })),
  },
  {
    name: 'vouch and appeal',
    description: 'The same, and its node calls the larger panel.',
    play: (town) =>
      counting(town, prizeWei, () => cheatIsTold(town, { byItself: false, appeals: true })),
  },
  {
    name: 'frame',
    description: 'Its verifiers accuse an honest node, which appeals and shows its answer.',
    play: (town) => counting(town, 0n, () => honestIsTold(town)),
  },
  {
    name: 'sacrifice',
    description: 'It accuses its own node, for the rewards.',
    play: (town) => counting(town, 0n, () => cheatIsTold(town, { byItself: true, appeals: false })),
  },
  {
    name: 'wash',
    description:
      'Its client pays its node for invented answers, its verifiers are paid for checks.',
    play: (town) => counting(town, 0n, () => wash(town)),
  },
]

async function counting(
  town: Town,
  prize: bigint,
  act: () => Promise<Played['end']>,
): Promise<Played> {
  const { coalition, honest, honestNode, wealthOf } = town
  const ours = [...coalition.verifiers, coalition.cheat]
  const others = [...honest, honestNode]
  const before = await Promise.all([wealthOf(ours, coalition.payer), wealthOf(others)])
  const end = await act()
  const after = await Promise.all([wealthOf(ours, coalition.payer), wealthOf(others)])
  return { gainWei: after[0] - before[0] + prize, honestWei: after[1] - before[1], end }
}

/** Tells a receipt of a node and waits for its panel. */
async function tell(town: Town, by: Town['view'], node: Town['honestNode']) {
  const receipt = receiptOf({ node, endedAtMs: 1000 * (await town.seconds()) })
  await by.send.tell(receipt)
  const epoch = await town.passEpoch()
  const id = idOf(receipt)
  const panel = await town.view.draw({ receiptId: id, node: node.address, epoch })
  return { receipt, epoch, id, panel }
}

async function cheatIsTold(
  town: Town,
  { byItself, appeals }: { byItself: boolean; appeals: boolean },
): Promise<Played['end']> {
  const { coalition, honest, view } = town
  const { court } = view
  const by = (byItself && coalition.verifiers[0]?.view) || view
  const { receipt, epoch, id, panel } = await tell(town, by, coalition.cheat)
  const said = (seated: readonly Hex[]) => [
    ...verdictsOf(honest, { panel: seated, receipt, isFalse: true, court }),
    // Who sacrifices its node wants the share of those who were right as well.
    ...verdictsOf(coalition.verifiers, { panel: seated, receipt, isFalse: byItself, court }),
  ]
  const verdicts = said(panel)
  const needed = Math.floor(view.rules.panelSize / 2) + 1
  if (verdicts.filter(({ isFalse }) => isFalse).length < needed) return 'no case'
  await by.send.accuse(receipt, { epoch, verdicts })
  if (appeals) {
    await coalition.cheat.view.send.defend(id)
    await view.send.vote(id, said(await view.panelOf(id)))
  }
  return end(town, id)
}

async function honestIsTold(town: Town): Promise<Played['end']> {
  const { coalition, honest, honestNode, view } = town
  const { court } = view
  const [accuser] = coalition.verifiers
  if (!accuser) return 'no case'
  const { receipt, epoch, id, panel } = await tell(town, accuser.view, honestNode)
  const lies = verdictsOf(coalition.verifiers, { panel, receipt, isFalse: true, court })
  if (lies.length < Math.floor(view.rules.panelSize / 2) + 1) return 'no case'
  await accuser.view.send.accuse(receipt, { epoch, verdicts: lies })
  await honestNode.view.send.defend(id)
  const larger = await view.panelOf(id)
  const said = { panel: larger, receipt, court }
  // The node has kept it, and shows it by itself: nobody else would.
  await honestNode.view.send.vote(id, verdictsOf(honest, { ...said, isFalse: false }))
  await accuser.view.send.vote(id, verdictsOf(coalition.verifiers, { ...said, isFalse: true }))
  return end(town, id)
}

async function end({ view, wait }: Town, id: Hex): Promise<Played['end']> {
  await wait(view.rules.answerSeconds + 1)
  return (await view.send.settle(id)).outcome
}

/** One lane, redeemed at once; then every check of it that the lot gives to the coalition. */
async function wash(town: Town): Promise<Played['end']> {
  const { coalition, view, chain } = town
  const { payer, cheat, verifiers } = coalition
  const { channelId, address } = payer
  const { court } = view
  const paidBy = {
    peerId: peerIdFromPrivateKey(payer.privateKey),
    channelId,
    costWei: washed.costWei,
  }
  const endedAtMs = 1000 * (await town.seconds())
  const receipts = Array.from({ length: washed.answers }, () =>
    receiptOf({ node: cheat, endedAtMs, paidBy }),
  )
  const [any] = receipts
  if (!any) return 'no case'
  const model = modelKey(any.modelCid)
  const lane: Lane = { channelId, signer: address, payee: cheat.address, model }
  const maxClaimableAmount = BigInt(washed.answers) * washed.costWei
  const hash = createVoucherHasher(chain.channels.contract, lane)(maxClaimableAmount)
  const {
    r,
    s,
    yParity = 0,
  } = await sign({ hash: `0x${bytesToHex(hash)}`, privateKey: `0x${bytesToHex(payer.privateKey)}` })
  const vs = toHex(BigInt(s) | (BigInt(yParity) << 255n), { size: 32 })
  const vouchers = [{ channelId, maxClaimableAmount, r, vs }]
  await cheat.owner.redeem({ payee: cheat.address, model, isGranted: false, vouchers })
  const epoch = await town.passEpoch()
  for (const receipt of receipts) {
    const receiptIdHex = idOf(receipt)
    const panel = await view.draw({ receiptId: receiptIdHex, node: cheat.address, epoch })
    const [verdict] = verdictsOf(verifiers, { panel, receipt, isFalse: false, court })
    if (!verdict || !(await view.isSampled(receiptIdHex, epoch))) continue
    if ((await view.worthOf(receipt, epoch, verdict)) === 0n) continue
    await verifiers[0]?.view.send.payForCheck(receipt, { epoch, verdict })
  }
  return 'no case'
}

function idOf(receipt: Receipt): Hex {
  return `0x${bytesToHex(receiptId(receipt))}`
}
