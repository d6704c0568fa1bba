/**
 * What the contracts refuse, in words: their custom errors by name.
 * @module
 */
import { amountInWords } from '../payment-errors.ts'

type Arguments = readonly unknown[]

const sentences: Record<string, (args: Arguments) => string> = {
  // Balances
  InsufficientBalance: ([, balance, needed]) =>
    `This takes ${amount(needed)}, and ${amount(balance)} is in the deposit. Deposit the rest first.`,
  NotTheOwner: () =>
    'Only the node itself, or the wallet that it is registered to, may claim what it has earned.',
  // Authorizations
  ZeroSigner: () => 'No key was named that may spend. Reload the page and try again.',
  ExpiryTooEarly: ([, earliest]) =>
    `The time must end later than ${time(earliest)}: payees rely on what they were told.`,
  NotAuthorized: () =>
    'The time of this key is over. Its money comes back on its own date; a new key can be allowed now.',
  OverPromised: () =>
    'This key has promised more than its limit and may not be trusted again. Allow another key.',
  InsufficientCap: ([available, needed]) =>
    `This takes ${amount(needed)} of the limit, and ${amount(available)} of it is free.`,
  StillLocked: ([availableAt]) =>
    `This money is locked until ${time(availableAt)}, so that nodes can redeem what they were promised.`,
  // Channels
  NothingToPay: ([receiptId]) =>
    receiptId
      ? 'This check pays nothing now: somebody was paid for it, or the answer has brought nothing in yet.'
      : 'None of these vouchers pays anything any more: they were redeemed, or their time is over.',
  // Bonds
  NotOverPromised: () => 'What was promised fits into the limit: this proves nothing.',
  NoDispute: () => 'There is nothing to settle for this key.',
  NotNow: ([from, until]) =>
    typeof from === 'bigint'
      ? `This is possible from ${time(from)} until ${time(until)} only.`
      : 'The case is at another stage than this needs, or its time is over. Look at it again.',
  NoLoss: () => 'This node lost nothing here, or its loss is claimed already.',
  // Registry
  AlreadyRegistered: () =>
    'This tab belongs to another wallet already. Use that one, or serve from a new browser profile.',
  NoConsent: () => 'This tab’s agreement has expired, or was used already. Do this again.',
  NotEnoughStake: ([available, needed]) =>
    `This takes ${amount(needed)} of the stake, and ${amount(available)} is at stake.`,
  StillUnbonding: ([availableAt]) =>
    `This stake is unbonding until ${time(availableAt)}, so that it can still answer for what was done.`,
  StillStaked: () => 'This tab still has stake. Take it back first.',
  // Lots
  NotEligible: () =>
    'A seat takes a key that is registered to check answers, with enough at stake that is not asked back.',
  AlreadySeated: () => 'This tab has a seat already.',
  SeatStillKept: () =>
    'The seat that this tab has left is kept until all cases are over that it can concern. Take one again later.',
  NoSeat: () => 'This tab has no seat.',
  NotForTheCaller: () =>
    'Only the key itself, or the wallet that it is registered to, may do this.',
  EpochRecorded: () =>
    'The running epoch has its number already, or gets it as soon as the next block comes.',
  WrongEpoch: () =>
    'This draw does not count: it is not the first one after the receipt, or it was too long ago.',
  // Audits
  NotSampled: () => 'The lot did not fall on this answer, so nobody is paid for checking it.',
  NotDrawn: () => 'Another verifier was drawn for this answer.',
  // Cases
  NotToTell: () => 'This receipt was told before, or ended too long ago to be accused.',
  NotTold: () => 'A receipt has to be told before it can be accused.',
  NothingAtStake: () => 'The node has nothing at stake, so there is nothing to take from it.',
  NoMajority: ([votes, needed]) =>
    `Of those drawn ${votes} say that the answer is false, and it takes ${needed}.`,
  TooFewVerifiers: ([held]) =>
    `Only ${held} verifiers have a seat here: too few for a panel and a larger one beside it. Until there are more nobody is accused.`,
  // Credits
  ForeignTicket: () =>
    'This ticket is for another chain, another contract or another denomination.',
  NotForThisKey: () => 'This ticket is for another key.',
  TicketUsed: () => 'This ticket was used already. Choose another.',
  UnknownRoot: () =>
    'The chain does not know the purchase that this ticket belongs to. Wait until it is confirmed.',
  TooOld: () => 'This ticket was proved too long ago. Prove it again.',
  InvalidProof: () =>
    'The proof does not hold: it was changed on its way, or made for something else.',
  NotInField: () =>
    'The proof is about a number that is none of the field. It was changed on its way.',
  IdentityUsed: () => 'Tickets were bought with this secret before. Take a fresh one.',
  NotAMember: () => 'Nobody has bought with this secret, or the bond of it is gone.',
  NotYet: ([from]) => `This is possible from ${time(from)} on.`,
  TreeFull: () => 'No more tickets of this denomination can be sold here.',
  // ProvedInference
  UnknownModel: () => 'Nobody has committed to the weights of this model, or it was struck.',
  UnknownRequest: () => 'Nobody has asked for this score.',
  AlreadyProved: () => 'This request is answered already: a proof counts once.',
  ForeignProof: () => 'The proof is for another chain or contract. Make one for this.',
  NotForThisRequest: () =>
    'The proof is for another request, or for who made another. Make one for this.',
  // LendingDesk
  NotApproved: () => 'This loan is not approved.',
  NotTheApplicant: () => 'Only who applied for this loan can draw it.',
  HasALoan: () => 'This wallet has a loan already.',
  // ERC-20 of OpenZeppelin
  ERC20InsufficientBalance: ([, balance, needed]) =>
    `This takes ${amount(needed)}, and the wallet has ${amount(balance)}.`,
  ERC20InsufficientAllowance: () =>
    'The wallet has not allowed this deposit, or its permission has expired. Sign it again.',
  ERC3009InvalidAuthorizationTime: () => 'The signed deposit has expired. Sign it again.',
  ERC3009InvalidSignature: () =>
    'The deposit is not signed by the account that it takes from, or for something else. Sign it again.',
  ERC3009UsedAuthorization: () => 'This signed deposit was used already.',
}

/** @returns what a custom error means; its name where nobody has thought of it */
export function revertSentence(name: string, args: Arguments): string {
  return sentences[name]?.(args) ?? `The contract refused this (${name}). Nothing was paid.`
}

function amount(wei: unknown): string {
  return typeof wei === 'bigint' ? amountInWords(wei) : String(wei)
}

/** @param seconds - since 1970; a uint256 may mean for ever */
function time(seconds: unknown): string {
  const ms = Number(seconds) * 1000
  return ms < 8.64e15 ? new Date(ms).toISOString() : 'the end of time'
}
