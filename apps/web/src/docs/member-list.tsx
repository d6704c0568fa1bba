import type { ReferenceMember } from './reference.ts'
import { Inline, noteWords } from './words.tsx'

/** Names on the left, what they are on the right; below each other where it is narrow. */
export function MemberList({ members }: { members: readonly ReferenceMember[] }) {
  return (
    <dl className="grid gap-x-6 gap-y-2 text-sm sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
      {members.map(({ signature, doc }) => (
        <div key={signature} className="contents">
          <dt className="whitespace-pre-wrap font-mono text-[13px]/5 wrap-anywhere">{signature}</dt>
          <dd className="max-w-[56ch] text-ash wrap-anywhere max-sm:mb-2">
            {doc.split('\n').map((line) => (
              <p key={line}>
                <Inline text={noteWords(line)} />
              </p>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  )
}
