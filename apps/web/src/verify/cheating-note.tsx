import { cheatingFormula, cheatingWords } from './cheating-words.ts'

type CheatingNoteProps = {
  init: Parameters<typeof cheatingFormula>[0]
  whose: string
  answers: string | null
}

/** Whether cheating pays, in a sentence and as the formula behind it. */
export function CheatingNote({ init, whose, answers }: CheatingNoteProps) {
  return (
    <div className="grid gap-1 text-sm">
      <p className="max-w-[66ch]">{cheatingWords(init, whose, answers)}</p>
      <p className="text-ash tabular-nums">
        Share that is checked × what is lost
        {init.gainWei > 0n && ', against what one answer brings'}:{' '}
        <span className="whitespace-nowrap">{cheatingFormula(init)}</span>
      </p>
    </div>
  )
}
