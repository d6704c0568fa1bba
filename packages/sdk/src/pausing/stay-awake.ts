/**
 * Keeps the browser from putting a serving tab to sleep. A Web Lock is held, and a data channel of the
 * page to itself stays open: Chromium does not freeze a page with either, and with an open data channel
 * the page's timers run once a second when it is hidden, not once a minute. Connections of clients
 * would do the same, but come and go.
 * https://developer.chrome.com/blog/timer-throttling-in-chrome-88
 * @module
 */
/** Held by every tab of this browser that serves. */
const servingLock = 'weft-serving'

/** Held by the tab that went on by itself, as long as it is open. */
const againLock = 'weft-serving-again'
/** A page that is being reloaded lets go of its locks a moment later. */
const reloadMs = 2_000

/** Before a lost channel is opened again: the network has changed, or the computer slept. */
const reopenMs = 5_000

/** @returns lets the browser do as it likes again */
export function stayAwake(): () => void {
  const stopped = new AbortController()
  holdLock(stopped.signal).catch(() => {}) // Where a frame gets no locks the channel is all there is.
  void holdChannel(stopped.signal)
  return () => stopped.abort()
}

/** @returns true for one tab of this browser at most, and only while no other one serves */
export async function mayServeAgain(): Promise<boolean> {
  return (
    (await takeLock(againLock, new Promise(() => {}))) && takeLock(servingLock, Promise.resolve())
  )
}

/** @returns false when it stays taken longer than a reload takes */
function takeLock(name: string, held: Promise<unknown>): Promise<boolean> {
  const signal = AbortSignal.timeout(reloadMs)
  return new Promise((resolve) => {
    const take = () => {
      resolve(true)
      return held
    }
    navigator.locks.request(name, { signal }, take).catch(() => resolve(false))
  })
}

function holdLock(signal: AbortSignal): Promise<void> {
  const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  return navigator.locks.request(servingLock, { mode: 'shared' }, () => ended)
}

async function holdChannel(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const peers = [new RTCPeerConnection(), new RTCPeerConnection()] as const
    try {
      const channel = await connect(...peers)
      await untilLost({ channel, peer: peers[0], signal })
    } catch {
      // Without a network there is no way even to oneself; nobody reaches this tab then either.
    }
    for (const peer of peers) peer.close()
    await firstOf(signal, (done) => setTimeout(done, reopenMs))
  }
}

async function connect(a: RTCPeerConnection, b: RTCPeerConnection): Promise<RTCDataChannel> {
  const pass = (to: RTCPeerConnection) => (event: RTCPeerConnectionIceEvent) => {
    if (event.candidate) to.addIceCandidate(event.candidate).catch(() => {})
  }
  a.onicecandidate = pass(b)
  b.onicecandidate = pass(a)
  const channel = a.createDataChannel('awake')
  await a.setLocalDescription()
  if (a.localDescription) await b.setRemoteDescription(a.localDescription)
  await b.setLocalDescription()
  if (b.localDescription) await a.setRemoteDescription(b.localDescription)
  return channel
}

type Loopback = { channel: RTCDataChannel; peer: RTCPeerConnection; signal: AbortSignal }

/** Or until there may be a way where there was none. */
function untilLost({ channel, peer, signal }: Loopback): Promise<void> {
  return firstOf(signal, (done, over) => {
    channel.addEventListener('close', done)
    peer.addEventListener('connectionstatechange', () => {
      if (peer.connectionState === 'failed') done()
    })
    addEventListener('online', done, { signal: over })
  })
}

/** Resolves when `listen` has called back, or with the signal. */
function firstOf(
  signal: AbortSignal,
  listen: (done: () => void, over: AbortSignal) => void,
): Promise<void> {
  const over = new AbortController()
  return new Promise((resolve) => {
    const done = () => {
      over.abort()
      resolve()
    }
    signal.addEventListener('abort', done, { signal: over.signal })
    if (signal.aborted) done()
    else listen(done, over.signal)
  })
}
