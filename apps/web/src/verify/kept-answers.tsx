import { useCell } from '@weft/react'
import type { Tab } from '@weft/sdk'
import { keptWords } from './case-words.ts'

/** What this tab keeps of what it was asked; nothing where it keeps nothing. */
export function KeptAnswers({ court }: Pick<Tab, 'court'>) {
  const state = useCell(court.state)
  const words = state && keptWords(state)
  return words ? <p className="mt-3 max-w-[66ch] text-sm text-ash">{words}</p> : null
}
