import { clock } from '../clock.ts'
import { RelativeTime } from './relative-time.tsx'
import { reasons } from './sources.tsx'
import type { Freshness as Facts } from './standing.ts'

/** Says when a panel was updated, and since when and why that fails. */
export function Freshness({ updatedAt, failing, waiting, of }: Facts) {
  const part = (count: number) => (count < of ? `${count} of ${of} repositories ` : '')
  return (
    <p className="row-about" data-freshness>
      {updatedAt !== undefined && (
        <>
          {failing?.count === of ? 'Last updated' : 'Updated'} <RelativeTime at={updatedAt} />
          {'. '}
        </>
      )}
      {failing && (
        <strong>
          {part(failing.count)}
          {failing.count < of ? 'failing' : 'Failing'} since {clock(failing.since)}: {reasons[failing.reason]}.{' '}
        </strong>
      )}
      {waiting > 0 && `${waiting} of ${of} repositories not loaded yet.`}
    </p>
  )
}
