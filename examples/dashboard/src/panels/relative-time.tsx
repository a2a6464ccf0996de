import { createContext, useContext } from 'react'

/** One clock for the page, so that all times agree. */
export const Now = createContext(0)

const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
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
  return unit && size ? format.format(Math.trunc(seconds / size), unit) : 'just now'
}

export function RelativeTime({ at }: { at: string | number }) {
  const now = useContext(Now)
  const date = new Date(at)
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {relative(date.getTime(), now)}
    </time>
  )
}
