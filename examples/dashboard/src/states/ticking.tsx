import { useSyncExternalStore } from 'preact/compat'
import { everySecond } from './ticks.ts'

/** A text that depends on the time. It alone is drawn again when it changes, not what is around it. */
export function Ticking({ text }: { text(now: number): string }) {
  return <>{useSyncExternalStore(everySecond, () => text(Date.now()))}</>
}
