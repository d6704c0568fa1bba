import type { ReactNode } from 'react'
import { Section } from '../money/section.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
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
  const tag = `<script src="${origin}/widget.js" async></script>\n<weft-chat model="Bobbin"></weft-chat>`
  return (
    <Page
      title="On your page"
      sentence="A chat on any page, by one script of 4 kB. Nothing else loads before it is opened, and its visitor decides in Weft’s own frame who computes."
    >
      <Section title="Two lines">
        <Code text={tag} />
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
      <Section title="What it takes">
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[10rem_1fr]">
          <Row name="model">A model’s name, id or CID, as Weft lists it.</Row>
          <Row name="compute">
            <C>network</C> or <C>device</C>: what is suggested. The visitor decides.
          </Row>
          <Row name="gateway, app">
            The gateway that pays for your visitors, and your name there.
          </Row>
          <Row name="theme, lang">
            <C>light</C>, <C>dark</C> or <C>auto</C>; a language, of which English and German are
            spoken.
          </Row>
          <Row name="label, placeholder, accent">
            What stands above, in the empty prompt, and the colour of Send as <C>#rrggbb</C>.
          </Row>
          <Row name="mode">
            <C>bubble</C> in the corner, or <C>inline</C>.
          </Row>
          <Row name="Methods">
            <C>open()</C>, <C>close()</C>, <C>ask(text)</C>, <C>stop()</C>, <C>clear()</C>
          </Row>
          <Row name="Events">
            <C>weft-open</C>, <C>weft-close</C>, <C>weft-ready</C>, <C>weft-text</C>,{' '}
            <C>weft-answer</C>, <C>weft-visitor</C>, <C>weft-error</C>
          </Row>
          <Row name="CSS">
            <C>::part(launcher)</C>, <C>::part(panel)</C>, <C>::part(frame)</C>;{' '}
            <C>--weft-accent</C>, <C>--weft-radius</C>, <C>--weft-width</C>, <C>--weft-height</C>,{' '}
            <C>--weft-offset</C>
          </Row>
        </dl>
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

const codeClass = 'max-w-full overflow-x-auto border-l-2 border-thread px-3 py-1 font-mono text-sm'

function Code({ text }: { text: string }) {
  return (
    <div className="grid justify-items-start gap-1">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: wide code scrolls, also by keyboard. */}
      <pre tabIndex={0} className={codeClass}>
        {text}
      </pre>
      <CopyButton label="Copy" text={() => text} />
    </div>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="font-mono text-sm">{name}</dt>
      <dd className="max-w-[56ch] text-ash max-sm:mb-2">{children}</dd>
    </>
  )
}

function C({ children }: { children: string }) {
  return <code className="font-mono text-sm text-ink wrap-anywhere">{children}</code>
}
