/**
 * What Weft's transfer is compared with: one ordered RTCDataChannel, large messages, a sender that
 * refills it when it runs low.
 * @module
 */
const messageBytes = 64 * 1024
const highWaterBytes = 4 * 1024 * 1024
const lowWaterBytes = 1024 * 1024

export type RawChannel = {
  /** @returns an offer, and then takes its answer */
  offer(): Promise<string>
  accept(answer: string): Promise<void>
  answer(offer: string): Promise<string>
  send(bytes: number): Promise<void>
  /** @returns milliseconds until so many bytes have come */
  receive(bytes: number): Promise<number>
}

export function createRawChannel(): RawChannel {
  const connection = new RTCPeerConnection()
  const opened = Promise.withResolvers<RTCDataChannel>()
  let receivedBytes = 0
  let awaited: { bytes: number; resolve: () => void } | undefined

  function take(channel: RTCDataChannel): void {
    channel.binaryType = 'arraybuffer'
    channel.bufferedAmountLowThreshold = lowWaterBytes
    channel.onopen = () => opened.resolve(channel)
    channel.onmessage = ({ data }) => {
      receivedBytes += data.byteLength
      if (awaited && receivedBytes >= awaited.bytes) awaited.resolve()
    }
    if (channel.readyState === 'open') opened.resolve(channel)
  }

  /** With all candidates in it. */
  async function describe(description: RTCSessionDescriptionInit): Promise<string> {
    await connection.setLocalDescription(description)
    while (connection.iceGatheringState !== 'complete') {
      await new Promise((resolve) => {
        connection.addEventListener('icegatheringstatechange', resolve, { once: true })
      })
    }
    return JSON.stringify(connection.localDescription)
  }

  connection.ondatachannel = ({ channel }) => take(channel)
  return {
    async offer() {
      take(connection.createDataChannel('raw', { ordered: true }))
      return describe(await connection.createOffer())
    },
    accept: (answer) => connection.setRemoteDescription(JSON.parse(answer)),
    async answer(offer) {
      await connection.setRemoteDescription(JSON.parse(offer))
      return describe(await connection.createAnswer())
    },
    async send(bytes) {
      const channel = await opened.promise
      const message = crypto.getRandomValues(new Uint8Array(messageBytes))
      for (let sent = 0; sent < bytes; sent += messageBytes) {
        if (channel.bufferedAmount > highWaterBytes) {
          await new Promise((resolve) => {
            channel.addEventListener('bufferedamountlow', resolve, { once: true })
          })
        }
        channel.send(message)
      }
    },
    async receive(bytes) {
      await opened.promise
      const { promise, resolve } = Promise.withResolvers<void>()
      receivedBytes = 0
      awaited = { bytes, resolve }
      const startedMs = performance.now()
      await promise
      return performance.now() - startedMs
    },
  }
}
