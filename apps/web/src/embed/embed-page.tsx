import { MemberList } from '../docs/member-list.tsx'
import { referencePart } from '../docs/read-reference.ts'
import { Section } from '../money/section.tsx'
import { CodeBlock } from '../ui/code-block.tsx'
import { Page } from '../ui/page.tsx'

const examples = [
  ['plain', 'A plain page', 'One script, one element, a button in the corner.'],
  ['react', 'React', 'The page asks by itself, and shows what comes.'],
  ['strict', 'A strict policy', 'No inline styles, Trusted Types; in German, inside the page.'],
  ['blog', 'An old blog', 'No doctype, styles for everything; a window of Weft asks.'],
] as const

/** How another page gets a chat, and what its visitor is asked. */
export function EmbedPage() {
  const { origin } = location
  const widget = referencePart('<weft-chat>')
  const tag = `<script src="${origin}/widget.js" async></script>\n<weft-chat model="Bobbin"></weft-chat>`
  return (
    <Page
      title="On your page"
      sentence="A chat on any page, by one script of 4 kB. Nothing else loads before it is opened, and its visitor decides in Weft’s own frame who computes."
    >
      <Section title="Two lines">
        <CodeBlock text={tag} of="the two lines" />
        <p className="mt-2 max-w-[66ch] text-sm text-ash">
          The page has to be served, by https or from this machine: in a file that is opened by a
          double click the panel says so, and nothing is asked.
        </p>
      </Section>
      <Section title="Examples">
        <ul className="border-t border-thread">
          {examples.map(([name, title, sentence]) => (
            <li key={name} className="border-b border-thread py-2">
              <a
                href={`/examples/${name}.html`}
                target="_blank"
                rel="noopener"
                className="text-indigo underline underline-offset-2"
              >
                {title}
              </a>
              <p className="text-sm text-ash">{sentence}</p>
            </li>
          ))}
        </ul>
      </Section>
      <Section title="What it takes, and what it tells">
        {widget?.entries.map(({ name, members }) => (
          <div key={name} className="not-first:mt-5">
            <h3 className="mb-2 border-b border-thread pb-1 text-sm font-semibold">{name}</h3>
            <MemberList members={members} />
          </div>
        ))}
      </Section>
      <Section title="What your page learns">
        <p className="max-w-[66ch]">
          The answers to what it asked itself. Of what a visitor types it learns that there was an
          answer, not which. Where it covers or fades the frame, a window of Weft asks for leave
          instead. A policy has to allow <C>{origin}</C> in <C>script-src</C> and <C>frame-src</C>.
        </p>
      </Section>
    </Page>
  )
}

function C({ children }: { children: string }) {
  return <code className="font-mono text-sm text-ink wrap-anywhere">{children}</code>
}
