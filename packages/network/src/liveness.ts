/**
 * Notices peers that vanish without a word (a killed browser, a pulled cable): about 2.4 s after the
 * fact while their tokens are waited for, instead of libp2p's 10 s. Takes the place of libp2p's
 * connection monitor, which takes a busy moment of our own page for everybody's silence and cuts all.
 * @module
 */
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { type ByteStream, byteStream } from '@libp2p/utils'
import { bytesEqual, randomBytes, WeftError } from '@weft/protocol'
import { inferProtocol } from './infer/constants.ts'
import { cutConnection } from './wire/cut-connection.ts'
import { withDeadline } from './wire/deadline.ts'

/** The protocol of https://github.com/libp2p/specs/blob/master/ping/ping.md, spoken by @libp2p/ping. */
const pingProtocol = '/ipfs/ping/1.0.0'
const pingBytes = 32

/** Milliseconds between looks at all connections. */
const tickMs = 200
/** Between looks from a hidden page: a second, and a little late. */
const hiddenTickMs = 1_100
/**
 * Milliseconds from one answer to the next ping, and of silence that means death, on a line without
 * delay.
 */
export type Pace = {
  everyMs: number
  lossMs: number
  /** The same when nobody else is heard either: then it is our own line that was cut. */
  deafMs?: number
}
/** We wait for this peer's tokens. Shorter, and a busy moment of the node's page costs the answer. */
const waiting: Pace = { everyMs: 500, lossMs: 2_000 }
/**
 * A person's answer hangs on this relay: it is asked for a node, or the node that answers may be lost and,
 * where our own line was cut, the relay together with it.
 */
const asking: Pace = { everyMs: 1_000, lossMs: 15_000, deafMs: 2_000 }
/** Of a peer whose tokens we wait for: until then the relays are spared. */
const lateMs = 800
/** A ping takes two round trips, four where packets are lost: a slow line is no dead peer. */
const roundTripsOfPing = 4
/** Nothing is lost by noticing late, and a page that is busy for a moment is forgiven. */
const idle: Pace = { everyMs: 2_000, lossMs: 5_000 }
/** Nothing runs on it: whoever wants to use it notices by himself. */
const unused: Pace = { everyMs: 10_000, lossMs: 5_000 }
/**
 * Between tab and relay: silence stops no job. A relay has thousands of tabs; where it is busy, cutting
 * and dialling again would make it busier still.
 */
export const relayPace: Pace = { everyMs: 15_000, lossMs: 15_000 }
/** Between relays, which are few: what one says goes another way as soon as a line is cut. */
export const fellowPace: Pace = { everyMs: 5_000, lossMs: 5_000 }
/** Where even this fails, something else than silence is wrong. */
const pingDeadlineMs = 60_000

type Watch = {
  isPinging: boolean
  idleMs: number
  silentMs: number
  rttMs: number | null
  /** Of all pings, as the specification has it: a stream for each costs ten times the ping. */
  line: ByteStream<Stream> | null
}

/** For `ping()` of @libp2p/ping, which ends the stream of the pings that it answers after 10 s. */
export const pingLineMs = 24 * 60 * 60_000

/** How much the newest ping weighs in what is known of a connection's round trip. */
const newestWeight = 0.3

export type LivenessInit = {
  libp2p: Pick<Libp2p, 'getConnections'>
  /** @param isAnyLate - whether a peer whose tokens we wait for has been silent for a moment */
  paceOf: (connection: Connection, isAnyLate: boolean) => Pace
}

/**
 * A tab watches a node whose tokens it waits for closely, the relays when they are needed, all else at
 * ease.
 * @param relays - by PeerId, whether an answer of that relay is waited for
 */
export function paceOfTab(relays: ReadonlyMap<string, () => boolean>): LivenessInit['paceOf'] {
  const isAsking = () => [...relays.values()].some((isAsked) => isAsked())
  return (connection, isAnyLate) => {
    if (!relays.has(connection.remotePeer.toString())) return paceOfPeer(connection)
    // All of them: that another relay answers is how a busy one is told from a line that was cut.
    return isAnyLate || isAsking() ? asking : relayPace
  }
}

function paceOfPeer(connection: Connection): Pace {
  if (isWaitedFor(connection)) return waiting
  return isUsed(connection) ? idle : unused
}

/** Whether anything but pings runs on it. */
export function isUsed({ streams }: Connection): boolean {
  return streams.some(({ protocol }) => protocol !== pingProtocol)
}

/** Whether we wait for tokens on it. */
function isWaitedFor({ streams }: Connection): boolean {
  return streams.some(
    ({ protocol, direction }) => protocol === inferProtocol && direction === 'outbound',
  )
}

export class Liveness {
  readonly #init: LivenessInit
  readonly #watches = new WeakMap<Connection, Watch>()
  readonly #timer: ReturnType<typeof setInterval>
  #tickedMs = performance.now()
  /** Between the last two ticks. */
  #gapMs = tickMs
  /** Since anybody was heard, by a token or by an answer to a ping. */
  #deafMs = 0

  constructor(init: LivenessInit) {
    this.#init = init
    this.#timer = setInterval(() => this.#tick(), tickMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Round trip of our pings on this connection, smoothed, milliseconds; null before the first. */
  rttMs(connection: Connection): number | null {
    return this.#watches.get(connection)?.rttMs ?? null
  }

  /** What comes from a peer says as much as an answer to a ping. */
  heard(connection: Connection): void {
    this.#deafMs = 0
    const watch = this.#watches.get(connection)
    if (!watch) return
    watch.silentMs = 0
    // Its round trip is asked for at least once.
    if (watch.line) watch.idleMs = 0
  }

  #tick(): void {
    const nowMs = performance.now()
    const gapMs = nowMs - this.#tickedMs
    const elapsedMs = countedMs(gapMs, this.#gapMs)
    this.#gapMs = gapMs
    this.#tickedMs = nowMs
    this.#deafMs += elapsedMs
    const connections = this.#init.libp2p.getConnections()
    const isAnyLate = connections.some((connection) => this.#isLate(connection))
    for (const connection of connections) {
      if (connection.limits || connection.status !== 'open') continue
      this.#look(connection, this.#init.paceOf(connection, isAnyLate), elapsedMs)
    }
  }

  #isLate(connection: Connection): boolean {
    const watch = this.#watches.get(connection)
    return watch?.isPinging === true && watch.silentMs >= lateMs && isWaitedFor(connection)
  }

  #look(connection: Connection, pace: Pace, elapsedMs: number): void {
    const watch = this.#watches.get(connection) ?? newWatch()
    this.#watches.set(connection, watch)
    const { everyMs, lossMs, deafMs = lossMs } = pace
    if (watch.isPinging) {
      watch.silentMs += elapsedMs
      const slackMs = roundTripsOfPing * (watch.rttMs ?? 0)
      const limitMs = slackMs + (this.#deafMs > deafMs + slackMs ? deafMs : lossMs)
      if (watch.silentMs > limitMs) this.#cut(connection, silent)
      return
    }
    watch.idleMs += elapsedMs
    if (watch.idleMs >= everyMs) void this.#ping(connection, watch)
  }

  #cut(connection: Connection, error: WeftError): void {
    this.#watches.delete(connection)
    void cutConnection(connection, error)
  }

  async #ping(connection: Connection, watch: Watch): Promise<void> {
    watch.isPinging = true
    watch.silentMs = 0
    try {
      const newest = await withDeadline((signal) => exchange(connection, watch, signal), {
        subject: 'A ping',
        ms: pingDeadlineMs,
      })
      this.#deafMs = 0
      const before = watch.rttMs ?? newest
      watch.rttMs = before + newestWeight * (newest - before)
    } catch (error) {
      if (connection.status === 'open') {
        this.#cut(connection, WeftError.from(error, 'network/silent', 'A ping failed.'))
      }
    }
    watch.isPinging = false
    watch.idleMs = 0
  }
}

/** The first ping goes out at once, so that the round trip is known. */
function newWatch(): Watch {
  const idleMs = Number.POSITIVE_INFINITY
  return { isPinging: false, idleMs, silentMs: 0, rttMs: null, line: null }
}

/**
 * While this page could not run, nobody's answer could be heard: that time does not count. Where the
 * browser runs the timers of a hidden page once a second, every gap is long and each counts.
 * @param beforeMs - the gap before
 */
export function countedMs(gapMs: number, beforeMs: number): number {
  return Math.min(gapMs, Math.max(2 * tickMs, Math.min(beforeMs, hiddenTickMs)))
}

/** @returns milliseconds from the last byte sent to the last one received */
async function exchange(
  connection: Connection,
  watch: Watch,
  signal: AbortSignal,
): Promise<number> {
  const { line } = watch
  if (line) {
    try {
      return await pingOver(line, signal)
    } catch {
      // The peer has ended this stream, which says nothing of the connection yet.
      watch.line = null
      line.unwrap().abort(silent)
    }
  }
  const opened = byteStream(await connection.newStream(pingProtocol, { signal }))
  const rttMs = await pingOver(opened, signal)
  watch.line = opened
  return rttMs
}

async function pingOver(line: ByteStream<Stream>, signal: AbortSignal): Promise<number> {
  const asked = randomBytes(pingBytes)
  await line.write(asked, { signal })
  const sentMs = performance.now()
  const answer = await line.read({ bytes: pingBytes, signal })
  // Who answers ahead of the question would seem to be near.
  if (!bytesEqual(answer.subarray(), asked)) throw wrongPing
  return performance.now() - sentMs
}

const wrongPing = new WeftError('network/wrong-ping', 'The peer answered a ping with other bytes.')
const silent = new WeftError('network/silent', 'The peer no longer answers.')
