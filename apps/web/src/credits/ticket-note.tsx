import { type TicketCosts, ticketLines } from './ticket-costs.ts'

type TicketNoteProps = {
  /** Of the denomination. */
  index: number
  denominations: readonly TicketCosts[]
}

/** All that a ticket costs, in full sight of who is about to buy one. */
export function TicketNote({ index, denominations }: TicketNoteProps) {
  const [price, ...parts] = ticketLines(index, denominations)
  return (
    <div className="max-w-[66ch] text-sm" data-testid="ticket-costs">
      <p>{price}</p>
      <ul className="mt-1 grid list-disc gap-1 pl-5 text-ash">
        {parts.map((part) => (
          <li key={part}>{part}</li>
        ))}
      </ul>
    </div>
  )
}
