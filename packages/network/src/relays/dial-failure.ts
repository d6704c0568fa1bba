/**
 * Why a relay could not be dialled, in words for a person.
 * @module
 */
const silent = 'The relay does not answer.'

/** By what libp2p or the browser say in the name or the message of their errors. */
const sentences: [said: RegExp, sentence: string][] = [
  [
    /does not match expected remote identity|UnexpectedPeerError/,
    'Another relay answers at this address: its PeerId is not the expected one.',
  ],
  [
    /DialDeniedError/,
    'The relay has sent too many broken messages, so it is left alone for a while.',
  ],
  [
    /SecurityError/,
    'The browser forbids this connection: a page served over HTTPS needs a relay reached over wss.',
  ],
  [/NoValidAddressesError/, 'The address of the relay cannot be dialled from here.'],
]

/** @returns one sentence, and nothing that a stranger has written */
export function dialFailure(error: unknown): string {
  const said = wordsOf(error)
  return sentences.find(([pattern]) => pattern.test(said))?.[1] ?? silent
}

/** Of an error and of what it wraps. A browser that cannot connect gives an event without words. */
function wordsOf(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null || depth > 5) return ''
  const error: { name?: unknown; message?: unknown } = value
  const inner = [
    'errors' in value && Array.isArray(value.errors) ? value.errors : [],
    'cause' in value ? value.cause : null,
  ].flat()
  const own = [error.name, error.message].map((word) => String(word ?? ''))
  return [...own, ...inner.map((each) => wordsOf(each, depth + 1))].join(' ')
}
