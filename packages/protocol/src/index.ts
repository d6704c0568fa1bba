/**
 * The values that cross rooms or wires: schemas, canonical bytes, hashes, signatures, errors.
 * @module
 */
export * from './blob-messages.ts'
export * from './bytes.ts'
export * from './codec.ts'
export * from './delta.ts'
export * from './directory-messages.ts'
export * from './errors.ts'
export * from './federation-messages.ts'
export * from './infer-messages.ts'
export * from './job.ts'
export * from './layers-messages.ts'
export * from './limits.ts'
export * from './manifest.ts'
export * from './pause.ts'
export * from './quote.ts'
export * from './receipt.ts'
export * from './registration.ts'
export * from './sampling.ts'
export * from './signature.ts'
export * from './unless-aborted.ts'
export * from './work.ts'
