/**
 * Moments and spans of money, as people say them.
 * @module
 */

const [minuteS, hourS, dayS] = [60, 3_600, 86_400]

/** e.g. `1 day`, `36 hours`, `30 days`: whole, never less than it is. */
export function spanWords(seconds: number): string {
  const [size, name] =
    seconds >= dayS && seconds % dayS === 0
      ? [dayS, 'day']
      : seconds >= 2 * dayS
        ? [dayS, 'day']
        : seconds > 90 * minuteS
          ? [hourS, 'hour']
          : [minuteS, 'minute']
  const count = Math.ceil(seconds / size)
  return `${count} ${name}${count === 1 ? '' : 's'}`
}

/** e.g. `today, 14:05`, `tomorrow, 09:30`, `Friday 28 November, 14:05`. @param seconds - since 1970 */
export function momentWords(seconds: number, nowMs: number): string {
  const moment = new Date(seconds * 1000)
  const time = moment.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  const [day, ...others] = [moment, new Date(nowMs), new Date(nowMs + dayS * 1000)].map((date) =>
    date.toDateString(),
  )
  if (day === others[0]) return `today, ${time}`
  if (day === others[1]) return `tomorrow, ${time}`
  const weekday = moment.toLocaleDateString('en-GB', { weekday: 'long' })
  const isThisYear = moment.getFullYear() === new Date(nowMs).getFullYear()
  const date = moment.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    ...(isThisYear ? {} : { year: 'numeric' }),
  })
  return `${weekday} ${date}, ${time}`
}
