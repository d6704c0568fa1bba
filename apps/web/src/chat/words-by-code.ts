/**
 * What to do about each kind of error. Most messages say themselves what happened.
 * @module
 */

/**
 * `edit` takes the prompt back to be written anew; `slide` asks without the oldest turns; `wallet` goes where
 * the limit of this page is raised; `free` asks only tabs that answer for nothing.
 */
export type Remedy = 'retry' | 'local' | 'edit' | 'slide' | 'wallet' | 'free'

export type Words = { title?: string; advice: string; remedies: Remedy[] }

export const elsewhere: Remedy[] = ['local', 'retry']

const spend: Remedy[] = ['wallet', 'free']

/** Their hashes are right, so to fetch or import them again brings the same ones. */
const badFiles =
  'Choose another model: the files of this one do not fit together. If you imported it, ask whoever made it.'

/** Without a title the error's own message is the title. */
export const wordsByCode: Record<string, Words> = {
  'sdk/no-nodes': {
    advice: 'This device can answer by itself.',
    remedies: elsewhere,
  },
  'sdk/too-dear': {
    advice:
      'Each tab has its own limit. Where this one has one, what you pay at most stands under the prompt: raise it there. Else set a limit under Wallet; or answer here.',
    remedies: ['local', 'wallet', 'retry'],
  },
  'sdk/only-false': {
    advice: 'This device can answer by itself. Under Settings, remembered tabs can be forgotten.',
    remedies: elsewhere,
  },
  'sdk/none-registered': {
    advice:
      'What the ticket lets this tab spend is still there. Ask again later, ask free tabs, or answer here.',
    remedies: elsewhere,
  },
  'sdk/no-verifiers': { advice: 'Check it on this device instead.', remedies: [] },
  'sdk/busy': {
    advice: 'This device can answer by itself; or try again later.',
    remedies: elsewhere,
  },
  'network/offline': {
    title: 'No relay can be reached, so no other tab can be found.',
    advice: 'It keeps trying by itself. Until then this device can answer.',
    remedies: elsewhere,
  },
  'network/node-lost': {
    advice: 'What arrived is kept above. Ask again, or let this device answer.',
    remedies: elsewhere,
  },
  'network/stalled': {
    title: 'The node has stopped sending, so the connection to it was closed.',
    advice: 'What arrived is kept above. Ask again, or let this device answer.',
    remedies: elsewhere,
  },
  'network/refused': {
    advice: 'Another node may take it, or this device can answer.',
    remedies: elsewhere,
  },
  'network/unreachable': {
    title: 'The relay can be reached, but none of the tabs that answer.',
    advice:
      'A firewall may be in between: let this device answer, or try another network. Whoever runs this site can add a TURN server.',
    remedies: elsewhere,
  },
  'network/timeout': {
    title: 'No node answered in time.',
    advice: 'Try again, or let this device answer.',
    remedies: elsewhere,
  },
  'network/node-failed': {
    advice: 'Another node may do better, or this device can answer.',
    remedies: elsewhere,
  },
  'protocol/receipt': {
    title: 'The receipt does not fit what arrived, so do not trust this answer.',
    advice: 'Ask again, or let this device answer.',
    remedies: elsewhere,
  },
  'protocol/signature': {
    title: 'A signature of this answer is false, so do not trust it.',
    advice: 'Ask again, or let this device answer.',
    remedies: elsewhere,
  },
  'protocol/quote': {
    advice: 'Ask again, or let this device answer.',
    remedies: elsewhere,
  },
  'engine/prompt-too-long': { advice: 'No token was computed.', remedies: ['slide', 'edit'] },
  'engine/short-context': {
    advice: 'Shorten the conversation, or ask the network: another tab may have the room.',
    remedies: ['retry', 'edit'],
  },
  'engine/bad-sampling': { advice: 'They are under Settings.', remedies: ['edit'] },
  'engine/bad-grammar': {
    advice: 'The schema is under Settings; your prompt is kept.',
    remedies: ['edit'],
  },
  'engine/chat-template': {
    title: 'This model does not take a conversation of this shape.',
    advice: 'Start a new chat, or choose another model.',
    remedies: ['edit'],
  },
  'web/bad-settings': {
    advice: 'They are under Settings; your prompt is kept.',
    remedies: ['edit'],
  },
  'protocol/too-large': { advice: 'No token was computed.', remedies: ['edit'] },
  'protocol/empty-prompt': { advice: 'Write something first.', remedies: [] },
  'storage/wrong-hash': {
    advice: 'It was not used.',
    remedies: ['retry'],
  },
  'storage/download': {
    advice: 'Check the connection and try again: what has arrived is kept.',
    remedies: ['retry'],
  },
  'engine/out-of-memory': {
    advice: 'Close other tabs and try again, or choose a smaller model.',
    remedies: ['retry'],
  },
  'engine/self-test': {
    advice: 'This device computes it wrongly with this backend, so it does not answer.',
    remedies: ['retry'],
  },
  'engine/no-webgpu': {
    advice: 'Choose Automatic or CPU as the backend.',
    remedies: ['retry'],
  },
  'engine/device-lost': {
    advice: 'Try again: the engine starts anew.',
    remedies: ['retry'],
  },
  'engine/crashed': {
    advice: 'Try again: the engine starts anew.',
    remedies: ['retry'],
  },
  'engine/bad-logits': { advice: 'What had arrived is kept above.', remedies: ['retry'] },
  'engine/bad-resume': { advice: 'What had arrived is kept above.', remedies: ['retry'] },
  'engine/bad-grammar-token': { advice: 'What had arrived is kept above.', remedies: ['retry'] },
  'engine/held-elsewhere': {
    advice: 'Nothing was changed there; the network can answer meanwhile.',
    remedies: ['retry'],
  },
  'engine/unsupported': { advice: 'No token was computed.', remedies: ['edit'] },
  'engine/bad-model': { advice: badFiles, remedies: ['retry'] },
  'engine/bad-graph': { advice: badFiles, remedies: ['retry'] },
  'engine/not-loaded': { advice: 'It loads by itself when you try again.', remedies: ['retry'] },
  'sdk/engine-busy': { advice: 'It keeps what it serves.', remedies: ['retry'] },
  'storage/import': { advice: 'What was here before is as it was.', remedies: [] },
  'storage/bad-manifest': { advice: 'Nothing was kept.', remedies: [] },
  'storage/no-source': { advice: 'It is on no site; this browser has only a part.', remedies: [] },
  'storage/no-tabs': {
    advice: 'Only other tabs have this model. Try again when one that shares it is open.',
    remedies: ['retry'],
  },
  'sdk/not-whole': { advice: 'Load it here once; then all of it is kept.', remedies: [] },
  'storage/no-space': {
    advice: 'Delete a model under Models, or free space on the disk.',
    remedies: ['retry'],
  },
  'storage/model-in-use': {
    advice:
      'Load another model or reload the page, in every tab of this site that uses it; then try again.',
    remedies: ['retry'],
  },
  'web/ticket-used-twice': {
    advice:
      'What this page says is left of that purchase cannot be spent any more. Buy new tickets.',
    remedies: [],
  },
  'payments/over-cap': {
    advice: 'Or ask tabs that answer for nothing.',
    remedies: spend,
  },
  'payments/key-expired': { advice: 'Or ask tabs that answer for nothing.', remedies: spend },
  'payments/no-funds': { advice: 'Or ask tabs that answer for nothing.', remedies: spend },
  'payments/cap-used': {
    advice: 'Or ask tabs that answer for nothing.',
    remedies: spend,
  },
  'payments/funds-ended': {
    advice: 'Allow it again, or ask tabs that answer for nothing.',
    remedies: spend,
  },
  'payments/over-promised': {
    advice: 'Allow this page more, or ask tabs that answer for nothing.',
    remedies: spend,
  },
  'payments/wrong-contract': {
    advice: 'Or ask tabs that answer for nothing.',
    remedies: ['free', 'retry'],
  },
  'sdk/paid-for-nothing': {
    advice: 'Or ask tabs that answer for nothing.',
    remedies: ['retry', 'free'],
  },
  'payments/unpaid': {
    advice: 'What arrived is kept above. Ask again.',
    remedies: ['retry', 'free'],
  },
  'payments/owes': {
    advice: 'Another tab may take it, or one that answers for nothing.',
    remedies: ['retry', 'free'],
  },
  'payments/too-many-looks': {
    advice: 'Another tab may take it, or one that answers for nothing.',
    remedies: ['retry', 'free'],
  },
  'payments/too-many-lanes': {
    advice: 'Another tab may take it, or one that answers for nothing.',
    remedies: ['retry', 'free'],
  },
  'payments/redeems-first': {
    advice: 'Another tab may take it, or one that answers for nothing.',
    remedies: ['retry', 'free'],
  },
  'payments/chain-lost': { advice: 'Free tabs need no chain.', remedies: ['free', 'retry'] },
  'payments/taken-over': { advice: 'Free tabs can be asked from here.', remedies: ['free'] },
  'storage/taken-over': { advice: 'Free tabs can be asked from here.', remedies: ['free'] },
  'sdk/payment-needed': {
    advice: 'Free tabs need no wallet.',
    remedies: ['free', 'wallet'],
  },
  'web/no-chain': { advice: 'No answer needs a wallet.', remedies: [] },
  'web/stopped-early': { advice: 'Try again when you like.', remedies: ['retry'] },
  'web/slow-opening': { advice: 'What is loading goes on meanwhile.', remedies: ['retry'] },
}
