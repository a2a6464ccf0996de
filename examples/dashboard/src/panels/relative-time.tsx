import { Ticking } from '../states/ticking.tsx'
import { relative } from './relative.ts'

export function RelativeTime({ at }: { at: string | number }) {
  const date = new Date(at)
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      <Ticking text={(now) => relative(date.getTime(), now)} />
    </time>
  )
}
