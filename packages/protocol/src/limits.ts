/**
 * Size limits of everything that crosses a wire. Each is a refusal, not a truncation.
 * @module
 */
export const limits = {
  /** One framed message on any stream: a job with a long chat fits, a flood does not. */
  maxFrameBytes: 512 * 1024,
  /** Text of all messages of a job together, in UTF-8 bytes; 128k tokens of prose fit. */
  maxPromptBytes: 384 * 1024,
  maxMessages: 512,
  /** Tokens that one job may ask for. */
  maxOutputTokens: 8192,
  /** Tokens in one delta; engines flush more often than this. */
  maxDeltaTokens: 256,
  maxDeltaTextBytes: 64 * 1024,
  /** Models that one node may announce. */
  maxModelsPerNode: 64,
  maxAddressesPerNode: 16,
  maxAddressChars: 512,
  /** Offers in one directory answer. */
  maxOffers: 64,
  maxErrorMessageChars: 500,
  /** One manifest as canonical bytes: 32 bytes a chunk, so 1 MiB describes about 30 GB. */
  maxManifestBytes: 1024 * 1024,
} as const

/** Tokens in one window: one link of the receipt's chain, one stitch of the row. */
export const tokensPerWindow = 32
