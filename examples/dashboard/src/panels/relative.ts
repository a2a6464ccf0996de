const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
/** "last yr." could be any time from one month ago to twenty-three. */
const exactFormat = new Intl.RelativeTimeFormat('en', { style: 'short' })
const dayMs = 86_400_000
const steps = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60]
] as const

/** "5 min. ago": the largest unit that fits. */
export function relative(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000)
  const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size) ?? []
  if (!unit || !size) return 'just now'
  const count = Math.trunc(seconds / size)
  // 25 hours may go back to the day before yesterday.
  const isNamed = unit === 'day' && count === calendarDays(at, now)
  return (isNamed ? format : exactFormat).format(count, unit)
}

/** From one date to another, of local time. A day may have an hour more or less. */
const calendarDays = (at: number, now: number) =>
  Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date(now).setHours(0, 0, 0, 0)) / dayMs)
