import { Link } from '@tanstack/react-router'
import { Section } from '../money/section.tsx'
import { CodeTabs } from './code-tabs.tsx'
import { DocsPage } from './docs-page.tsx'
import { endpointExamples, packageExamples, scriptExamples } from './examples.ts'
import { Words } from './words.tsx'

const link = 'text-indigo underline underline-offset-2'

/** Three ways in; the code is that of files which the tests run. */
export function QuickStarts() {
  return (
    <DocsPage
      title="Docs"
      sentence="Three ways in: a script tag, a package, an endpoint. All code here is run by the tests of Weft."
    >
      <Section title="A script tag">
        <Words text="A chat on your page. Its visitor decides in Weft’s own frame who computes. Nothing else loads before it is opened." />
        <CodeTabs label="A script tag" examples={scriptExamples(location.origin)} />
        <p className="text-sm">
          <Link to="/embed" className={link}>
            Live examples and all attributes
          </Link>
        </p>
      </Section>
      <Section title="A package">
        <Words text="OpenAI’s words, answered by tabs or by this device. The packages are on no registry yet: work in a clone of Weft, whose `npm ci` links them and brings the Node 24 that `npx node FILE` runs these with. `readSite` takes relays and models from any site of Weft, such as `npm start` opens." />
        <CodeTabs label="A package" examples={packageExamples} />
      </Section>
      <Section title="An endpoint">
        <Words text="For programs that speak OpenAI’s language. `npm start` runs a gateway on this machine at `http://127.0.0.1:8080/v1`, for any key. Unlike a tab, a gateway sees the prompts that go through it." />
        <CodeTabs label="An endpoint" examples={endpointExamples} />
      </Section>
    </DocsPage>
  )
}
