import { Section } from '../money/section.tsx'
import { CodeBlock } from '../ui/code-block.tsx'
import { DocsPage } from './docs-page.tsx'
import { SiteHeaders } from './site-headers.tsx'
import { Words } from './words.tsx'

const siteConfig = `{
  "relays": [
    "/dns4/relay-a.example.org/tcp/443/tls/ws/p2p/PEERID",
    "/dns4/relay-b.example.org/tcp/443/tls/ws/p2p/PEERID"
  ],
  "iceServers": [{ "urls": "stun:stun.example.org:3478" }],
  "modelsUrl": "/models/",
  "live": "/live.json"
}`

const relay = `npx weft relay --key-file relay.key \\
  --announce /dns4/relay-a.example.org/tcp/443/tls/ws`

const gateway = `npx weft gateway \\
  --relay /dns4/relay-a.example.org/tcp/443/tls/ws/p2p/PEERID \\
  --models https://weft.example.org/models/`

const fund = 'npx weft gateway fund 5 --config gateway.json --wallet wallet.key'

const contributor = `npx weft node --relay /dns4/relay-a.example.org/tcp/443/tls/ws/p2p/PEERID \\
  --models https://weft.example.org/models/ --model weft/bobbin-2m`

/** A network of one's own: what runs, and what it has to send. */
export function HostingPage() {
  return (
    <DocsPage
      title="Self-hosting"
      sentence="A site is files and a network is a relay. All of it runs from a clone of Weft; npm start runs it on one machine."
    >
      <Section title="Relay">
        <Words text="Introduces tabs and knows who serves what. It carries no prompt and no token, and keeps nothing but its key, which is its name: keep the file. A page on https reaches only `wss`, so put a proxy with a certificate in front, and say the address that the world sees." />
        <CodeBlock text={relay} of="the relay’s command" />
        <Words text="Have two, on different machines: tabs register with both. `--peers` lets relays share what they know; each must name the other. `/health` and `/metrics` are on port 4002: keep them to yourself. `/live` there is for everybody." />
      </Section>
      <Section title="Site">
        <Words text="`npm run build` writes `dist/`, which any server of files can send, with `index.html` for every path that is no file. Beside it lies `weft.json`:" />
        <CodeBlock text={siteConfig} of="weft.json" />
        <Words text="Who only looks joins nothing. `live` is where the site passes on a relay’s `/live`, which says how many nodes answer; leave it out, and visitors are told when they join." />
        <Words text="Tabs connect directly. Behind most home routers that takes a STUN server, and for one in five only TURN helps, with credentials that expire: let the server write `weft.json` afresh for each visit then." />
        <Words text="Models are in `models/catalogue.json`. `npm run manifest -- FOLDER --add` describes one; its files can lie elsewhere, and count only when their hashes are right. A source on another origin has to be in the policy, which is read from the list when the site is built." />
      </Section>
      <Section title="Headers">
        <Words text="Send what this site sends, page by page. Isolation (`Cross-Origin-*`) gives the engine threads. The policy allows scripts of the site alone, and `frame-ancestors` is for everybody on the widget’s frame, and on nothing else." />
        <SiteHeaders />
      </Section>
      <Section title="Gateway">
        <Words text="OpenAI’s endpoints over the network. Without a configuration it listens on its machine alone and asks only nodes that want nothing; `--config gateway.json` has keys and budgets, x402, sponsored apps." />
        <CodeBlock text={gateway} of="the gateway’s command" />
        <Words text="Nodes with a price are paid out of a wallet, as far as it lets the gateway’s key spend. This says what it costs and asks first; without an amount it shows what is left, and `--withdraw` takes it back." />
        <CodeBlock text={fund} of="the command that lets a gateway spend" />
        <Words text="Of several, give each `--redis`, which shares what was spent, the same configuration, and a `--state` folder of its own, which holds its key. Any balancer will do that does not buffer; set `proxies` to their number, or all customers share one address. `--ops-port` has `/health` and `/metrics`, and SIGTERM lets answers end." />
      </Section>
      <Section title="Contributor">
        <Words text="A node without a browser, for a machine that is always there." />
        <CodeBlock text={contributor} of="the contributor’s command" />
      </Section>
    </DocsPage>
  )
}
