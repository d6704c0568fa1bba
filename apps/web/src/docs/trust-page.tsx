import { DocsPage } from './docs-page.tsx'
import { Statements } from './statements.tsx'

/** What Weft holds, and what it does not. */
export function TrustPage() {
  return (
    <DocsPage
      title="Trust and money"
      sentence="Every peer is taken for hostile. This is what that leaves you to rely on, and what it does not."
    >
      <Statements
        title="Who reads a prompt"
        lines={[
          'The tab that answers. Tabs that you have check the answer read the conversation too, and so does each tab of a quorum.',
          'A gateway reads what goes through it, and is the client on the network.',
          'A relay does not: it introduces tabs, and sees who serves what and who asks for which model, with their IP addresses.',
          'Tabs that connect directly see each other’s IP address. This is not anonymous.',
          'Local only asks nobody: prompt and answer stay on this device.',
          'A page with the widget gets the answers to what it asked itself. Of what a visitor types it learns that there was an answer, not which. No page can be kept from drawing something that looks like Weft.',
        ]}
      />
      <Statements
        title="What a receipt says"
        lines={[
          'Which key said which tokens, for which job, of which model, for how much. It is signed, and a client refuses one that does not match what arrived.',
          'The seed comes of the job and of a nonce that the node sees after it has committed itself. Neither side chooses it, so any token can be computed again.',
          'It does not say that the model computed them. To know that, compute it again on your device, or have others do so.',
          'Nothing says whether an answer is true.',
        ]}
      />
      <Statements
        title="How far it is checked"
        lines={[
          '`signed`: the receipt alone.',
          '`sampled`, the default: one answer in ten is computed again by another tab, as the lot falls.',
          '`always`: each answer is.',
          '`quorum`: two to five tabs answer one job at the same time, and their tokens are compared. Where they part, both sides are checked.',
          'One verifier clears an answer, none accuses alone. A node that most verifiers call false gets no job from this browser for a while.',
          'A checker finds a smaller model, fewer bits, another instruction or a wrong seed, surely after 300 tokens and mostly after 128. It does not find a single changed token, or an answer that ends one token early.',
          'On a chain a panel drawn by lot decides, and a node that is convicted loses stake. Elsewhere a verdict is said to its asker alone.',
        ]}
      />
      <Statements
        title="How it is paid"
        lines={[
          'Nothing is paid unless a node’s owner sets a price. Prices are wei for a million tokens, of the prompt and of the answer.',
          'A wallet puts money into a channel and lets a tab’s own key spend from it, up to a limit and a day. No prompt asks the wallet again.',
          'Tokens come first and a voucher a moment later, about every 32 tokens. It says what is owed in all, so one that is lost does no harm. Nodes bring the last one to the chain.',
          'The node that is lost in mid-answer is paid for its own tokens, the next one for its own; each reads the prompt, and is paid for that.',
          'A gateway reserves what a request can cost at most and settles what it did: keys by a daily budget, x402 for the sum that was signed, and not at all where no token came.',
        ]}
      />
      <Statements
        title="What each side can lose"
        lines={[
          'A node: what it lends before a first voucher, about 64 tokens or a second of its work in each job; as much again as a client has paid it, where that one pays and walks away, up to eight such losses; and up to 20 million tokens that it has not redeemed, where a payer promised one limit to several.',
          'A client: what its prompt may cost, twice in one answer at most, where nodes take it and send nothing; then nobody else is asked. And what it had paid two nodes for a part that turned out false.',
          'Nobody spends more than the limit that a wallet set. Nothing is redeemed twice, above what was signed, or after its time.',
          'A node may count a token for each byte of a prompt: up to four times what prose has.',
        ]}
      />
      <Statements
        title="Private credits"
        lines={[
          'Tickets are bought in the open. Later a fresh key proves that one is its own, not which and not whose.',
          'A ticket is not all spent on answers. Of its value 90 % can be, within a week; 1 % goes to whoever submits it, the same for all; 9 % is locked with its key. What is locked and what is not spent never comes back to a wallet. Of tickets of 1.00 WEFT it is lost. Of larger ones it can buy further tickets, where it is enough and the tab still has the key; the rest is lost as well. What is lost goes to a treasury.',
          'Beside its value a ticket takes a bond of 10 %, which can be taken back after 90 days. A ticket that is not used can be given back at its value.',
          'A buyer hides among those who bought the same amount; the page shows how many that are. Buying and spending at the same time tells who it was.',
          'Tabs, relays and the chain’s server still see an IP address. The answers of one key can be linked to each other.',
        ]}
      />
      <Statements
        title="Not guaranteed"
        lines={[
          'That a node ran the model that it names, unless somebody computed it again.',
          'That verifiers drawn from a list that anybody may enter are honest: without stakes a crowd of liars clears each other, and can make a browser avoid somebody honest.',
          'That free answers are checked by anybody but those who want to know.',
          'That a case is brought, where nobody with a seat and coins for fees is there within minutes; that an honest node whose tab is closed defends itself.',
          'That a court judges: it needs two full panels of seats that are not the node’s own. Seats that nobody sits on do not stop it, but where they are nearly all, a case takes more gas than a tab has coins for; and where the larger panel does not answer, nobody pays.',
          'That a node is paid which looks at the chain less often than a withdrawal takes.',
          'That contracts and proofs are sound: nobody has audited them, the keys of the proofs are for development, and all of it is on no public network. The money is play money.',
        ]}
      />
    </DocsPage>
  )
}
