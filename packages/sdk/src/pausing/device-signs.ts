/**
 * What the browser tells of battery and line. TypeScript knows neither interface, because not every
 * browser has them.
 * https://www.w3.org/TR/battery-status/ https://wicg.github.io/netinfo/
 * @module
 */
import type { DeviceSigns } from './pause-policy.ts'

type Battery = EventTarget & { charging: boolean; level: number }
type Line = EventTarget & { saveData?: boolean; type?: string }

export type SignSource = {
  getBattery?: () => Promise<Battery>
  connection?: Line
}

export type DeviceWatch = {
  signs(): DeviceSigns
  /** Resolves when what the browser tells is known, or it does not answer. */
  readonly ready: Promise<void>
  stop(): void
}

/** A browser that has a battery to tell of answers at once. */
const answerMs = 1_000

/** @param onChange - also when the battery is known for the first time */
export function watchDevice(source: SignSource, onChange: () => void): DeviceWatch {
  const stopped = new AbortController()
  const { signal } = stopped
  const { connection } = source
  let battery: Battery | null = null
  const asked = source.getBattery?.().then(
    (found) => {
      battery = found
      for (const type of ['chargingchange', 'levelchange']) {
        found.addEventListener(type, onChange, { signal })
      }
      if (!signal.aborted) onChange()
    },
    () => {}, // The page may not ask: as in a browser that does not tell.
  )
  connection?.addEventListener('change', onChange, { signal })
  const late = new Promise<void>((resolve) => setTimeout(resolve, answerMs))
  return {
    ready: Promise.race([asked ?? Promise.resolve(), late]),
    signs: () => ({
      battery: battery && { isCharging: battery.charging, level: battery.level },
      line: connection ? { isMetered: isMetered(connection) } : null,
    }),
    stop: () => stopped.abort(),
  }
}

function isMetered({ saveData, type }: Line): boolean {
  return saveData === true || type === 'cellular'
}
