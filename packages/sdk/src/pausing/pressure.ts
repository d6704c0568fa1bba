/**
 * Whether other programs keep the processor busy, by the Compute Pressure API. A browser tells that only
 * to the page that has the focus, and counts our own work, so it says something only while we rest.
 * https://www.w3.org/TR/compute-pressure/
 * @module
 */
type PressureRecord = { state: 'nominal' | 'fair' | 'serious' | 'critical' }
type Observer = {
  observe(source: 'cpu', options: { sampleInterval: number }): Promise<void>
  disconnect(): void
}
type ObserverClass = new (listener: (records: PressureRecord[]) => void) => Observer

const sampleMs = 2_000
/** So many samples in a row. */
const leastSamples = 5

/** @param onBusy - called at each sample behind the fifth busy one in a row @returns stops */
export function watchPressure({
  isResting,
  onBusy,
}: {
  isResting: () => boolean
  onBusy: () => void
}): () => void {
  const { PressureObserver } = globalThis as { PressureObserver?: ObserverClass }
  if (!PressureObserver) return () => {}
  let busySamples = 0
  const observer = new PressureObserver((records) => {
    for (const { state } of records) {
      const isBusy = isResting() && (state === 'serious' || state === 'critical')
      busySamples = isBusy ? busySamples + 1 : 0
      if (busySamples >= leastSamples) onBusy()
    }
  })
  observer.observe('cpu', { sampleInterval: sampleMs }).catch(() => {}) // Not on this device.
  return () => observer.disconnect()
}
