import type { ModelCard, Scores } from '@weft/sdk/proved'

/** What the model says: the largest score's class, and how the three stand to each other. */
export function ScoreBars({ card, said }: { card: ModelCard; said: Scores }) {
  const shares = softmax(said.scores)
  return (
    <div className="grid gap-2 border-t border-thread pt-4">
      <p role="status" aria-label="Score">
        It says: <strong className="font-semibold">{card.classes[said.outcome]}</strong>
      </p>
      <ul className="grid gap-1 text-sm">
        {card.classes.map((name, index) => (
          <li
            key={name}
            className="grid grid-cols-[6rem_minmax(0,1fr)_4rem] items-center gap-3 tabular-nums"
          >
            <span className={index === said.outcome ? '' : 'text-ash'}>{name}</span>
            <span aria-hidden="true" className="block h-2 overflow-hidden rounded-full bg-thread">
              <span
                className={`block h-full ${index === said.outcome ? 'bg-indigo' : 'bg-edge'}`}
                style={{ width: `${100 * (shares[index] ?? 0)}%` }}
              />
            </span>
            <span className="text-right text-ash">{(said.scores[index] ?? 0).toFixed(2)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function softmax(scores: readonly number[]): number[] {
  const top = Math.max(...scores)
  const powers = scores.map((score) => Math.exp(score - top))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map((power) => power / total)
}
