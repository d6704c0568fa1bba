/**
 * Size limits of everything that crosses a wire. Each is a refusal, not a truncation.
 * @module
 */
export const limits = {
  /** One framed message on any stream: a job with a long chat fits, a flood does not. */
  maxFrameBytes: 512 * 1024,
  /** Text of all messages and tools of a job together, in UTF-8 bytes; 128k tokens of prose fit. */
  maxPromptBytes: 384 * 1024,
  maxMessages: 512,
  /** A JSON Schema as text: those of real tools have 1 to 20 KB. */
  maxGrammarChars: 64 * 1024,
  /** OpenAI's bound. */
  maxTools: 128,
  /** What a tool is for, in words, in UTF-16 units. */
  maxToolTextChars: 4 * 1024,
  /** Levels of JSON in a prompt: templates indent it, which makes deep nests long. */
  maxToolDepth: 24,
  /** Of one message. */
  maxToolCalls: 128,
  /** OpenAI's bound. */
  maxLogitBiases: 300,
  maxStops: 16,
  maxStopChars: 200,
  /** Tokens that one job may ask for. */
  maxOutputTokens: 8192,
  /** Tokens in one delta; engines flush more often than this. */
  maxDeltaTokens: 256,
  /** Text of one delta, in UTF-16 units, as JavaScript counts: the most tokens, each the longest. */
  maxDeltaTextChars: 64 * 1024,
  /**
   * Text of an answer for each of its tokens so far, in UTF-16 units. The longest tokens in use are
   * runs of 128 spaces or dashes. Text held back until its character is whole counts with the tokens
   * that it was held for, so the rest that follows the last token needs no allowance of its own.
   */
  maxTextCharsPerToken: 256,
  /** Models that one node may announce: a tab has the memory for one or two. */
  maxModelsPerNode: 16,
  /** Models whose chunks one node gives to others: more do not fit into a browser's storage. */
  maxStoresPerNode: 64,
  /** Parts of split models that one node computes: one or two in its memory, the others to come. */
  maxLayersPerNode: 16,
  /** Jobs that one node runs at the same time. */
  maxJobsPerNode: 1024,
  /** One for each relay of a tab. */
  maxAddressesPerNode: 4,
  /** A browser's address names relay, circuit and tab: about 160 and the name of the relay's host. */
  maxAddressChars: 256,
  /** A registration as canonical bytes; that of a tab with one model has about 600. */
  maxRegistrationBytes: 8 * 1024,
  /** Addresses of other relays in one message: a few relays under two names each. */
  maxRelayAddresses: 32,
  /** Offers in one directory answer. */
  maxOffers: 64,
  /** Peers that one message between relays names beside its offers: 55 bytes each. */
  maxNewsPeers: 512,
  /** Work that a tab does for a registration: 2^22 hashes take about 10 s. */
  maxWorkBits: 22,
  /** Between the clocks of two tabs. A receipt that is further off could not be held against its node in time. */
  maxClockSkewMs: 10 * 60_000,
  maxErrorMessageChars: 500,
  /** One manifest as canonical bytes: 32 bytes a chunk, so 1 MiB describes about 30 GB. */
  maxManifestBytes: 1024 * 1024,
  /** Which chunks of a model a tab has, a bit each: as many as a manifest can list. */
  maxHoldingsBytes: 4 * 1024,
  /** An answer of a storing tab without the bytes behind it: holdings are the largest. */
  maxHeadBytes: 5 * 1024,
} as const

/** Tokens in one window: one link of the receipt's chain, one stitch of the row. */
export const tokensPerWindow = 32
