import { Ticking } from '../states/ticking.tsx'

const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
/** "last yr." could be any time from one month ago to twenty-three. */
const exactFormat = new Intl.RelativeTimeFormat('en', { style: 'short' })
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
  return (unit === 'day' ? format : exactFormat).format(Math.trunc(seconds / size), unit)
}

export function RelativeTime({ at }: { at: string | number }) {
  const date = new Date(at)
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      <Ticking text={(now) => relative(date.getTime(), now)} />
    </time>
  )
}
