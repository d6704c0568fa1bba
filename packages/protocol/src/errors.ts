/**
 * The one base class of every error Weft throws, and its form as plain data.
 * Decide by `code`, which is stable and part of the protocol; `message` is for people.
 * @module
 */
const brand = Symbol.for('weft.error')

export type WeftErrorInit = {
  /** Facts for the reader, one line each, e.g. `Expected: [1, 512]`. */
  facts?: string[]
  /** What was caught, if this error wraps another. */
  cause?: unknown
}

/** An error as plain data: what crosses `postMessage` or a stream. */
export type WeftErrorData = { code: string; message: string; facts: string[] }

/** Base of all errors. `code` is `<room>/<what>`, e.g. `engine/out-of-memory`. */
export class WeftError extends Error {
  readonly code: string
  readonly facts: string[]
  readonly [brand] = true

  constructor(code: string, message: string, { facts = [], cause }: WeftErrorInit = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'WeftError'
    this.code = code
    this.facts = facts
  }

  /** True across realms, workers and duplicated packages, where `instanceof` is not. */
  static is(value: unknown): value is WeftError {
    return typeof value === 'object' && value !== null && brand in value
  }

  /** Wraps anything thrown; a WeftError passes through untouched. */
  static from(value: unknown, code: string, message: string): WeftError {
    if (WeftError.is(value)) return value
    const detail = value instanceof Error ? value.message : String(value)
    return new WeftError(code, message, { facts: [detail], cause: value })
  }

  /** Rebuilds an error that crossed a worker boundary. */
  static fromData({ code, message, facts }: WeftErrorData): WeftError {
    return new WeftError(code, message, { facts })
  }

  toJSON(): WeftErrorData {
    return { code: this.code, message: this.message, facts: this.facts }
  }
}

/** Bytes that are not the canonical form of what they claim to be. */
export class MalformedError extends WeftError {
  constructor({ subject, facts, cause }: { subject: string; facts: string[]; cause?: unknown }) {
    super('protocol/malformed', `This is not a valid ${subject}.`, { facts, cause })
  }
}

/** A value or message over its size limit. */
export class TooLargeError extends WeftError {
  constructor({
    subject,
    limit,
    actual,
    unit,
  }: {
    subject: string
    limit: number
    actual: number
    unit: string
  }) {
    super('protocol/too-large', `The ${subject} is ${actual - limit} ${unit} over the limit.`, {
      facts: [`Limit: ${limit} ${unit}`, `Actual: ${actual} ${unit}`],
    })
  }
}

/** A signature that was not made by the key it names. */
export class SignatureError extends WeftError {
  constructor({ subject, peerId }: { subject: string; peerId: string }) {
    super('protocol/signature', `The signature of this ${subject} is not by ${peerId}.`)
  }
}

/** What an aborted wait rejects with, whatever the reason given to the controller. */
export class CancelledError extends WeftError {
  constructor({ subject, cause }: { subject: string; cause?: unknown }) {
    super('protocol/cancelled', `${subject} was cancelled.`, { cause })
  }
}
