import type { LoggedEvent } from '../mesh/event-log.ts'

const clock = (at: number) => new Date(at).toLocaleTimeString([], { hourCycle: 'h23' })

/** What happened lately; it scrolls, also by keyboard. */
export function Events({ events }: { events: LoggedEvent[] }) {
  if (events.length === 0) return <p className="empty">No events yet.</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section className="events" aria-label="List of events" tabIndex={0}>
      <ol>
        {events.map(({ id, at, what, about }) => (
          <li key={id}>
            <time dateTime={new Date(at).toISOString()}>{clock(at)}</time> <strong>{what}</strong>{' '}
            <span className="event-about">{about}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
