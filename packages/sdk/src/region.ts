/**
 * Roughly where this device is, so that nodes nearby are asked first.
 * @module
 */

/** By the area of an IANA time zone (https://www.iana.org/time-zones). */
const regions = new Map(
  Object.entries({
    Africa: 'af',
    America: 'am',
    Antarctica: 'an',
    Arctic: 'eu',
    Asia: 'as',
    Atlantic: 'eu',
    Australia: 'oc',
    Europe: 'eu',
    Indian: 'as',
    Pacific: 'oc',
  }),
)

/**
 * No more than an IP address tells whoever is connected.
 * @param timeZone - as `Intl.DateTimeFormat().resolvedOptions().timeZone` says
 * @returns two letters for a continent; null where the zone names none, as `UTC`
 */
export function regionOf(timeZone: string | undefined): string | null {
  const [area = ''] = (timeZone ?? '').split('/')
  return regions.get(area) ?? null
}
