import { AmountField } from '../money/amount-field.tsx'
import { aboutWords } from '../money/fiat-words.ts'
import {
  dearerWei,
  isFree,
  type ParsedPrice,
  priceWords,
  type TypedPrice,
} from '../money/price-words.ts'
import { Section } from '../money/section.tsx'
import { useFiat } from '../money/use-fiat.ts'

type PriceFieldsProps = {
  typed: TypedPrice
  parsed: ParsedPrice
  onTyped: (typed: TypedPrice) => void
  /** It cannot change while it serves. */
  locked: boolean
}

/** What this tab asks for its answers; nothing, unless its owner says otherwise. */
export function PriceFields({ typed, parsed, onTyped, locked }: PriceFieldsProps) {
  const { price, problems } = parsed
  const rate = useFiat()
  const worth = price ? aboutWords(dearerWei(price), rate) : ''
  return (
    <Section title="Price">
      <div className="grid gap-3 sm:grid-cols-[14rem_14rem]">
        <AmountField
          label="A million tokens of prompts"
          placeholder="0"
          value={typed.input}
          problem={problems.input}
          disabled={locked}
          onChange={(input) => onTyped({ ...typed, input })}
        />
        <AmountField
          label="A million tokens of answers"
          placeholder="0"
          value={typed.output}
          problem={problems.output}
          disabled={locked}
          onChange={(output) => onTyped({ ...typed, output })}
        />
      </div>
      <p className="max-w-[66ch] text-sm text-ash">
        {priceNote(price, locked)}
        {worth && ` The dearer of the two is ${worth} for a million tokens.`}
      </p>
    </Section>
  )
}

function priceNote(price: ParsedPrice['price'], locked: boolean): string {
  const change = locked ? ' Switch Serve off to change it.' : ''
  if (!price) return 'Correct the marked price before you serve.'
  if (isFree(price)) return `This tab answers for nothing, to everybody.${change}`
  return `This tab asks ${priceWords(price)}, and answers only those who pay.${change}`
}
