import { type ReactNode, useState } from 'preact/compat'
import { type AttentionItem, type Reason, reasons } from '../board/attention.ts'
import { type Certainty, nothingWords } from '../board/certainty.ts'
import { staleDays } from '../board/view.ts'
import { Avatar } from './avatar.tsx'
import { OutLink } from './out-link.tsx'
import { RelativeTime } from './relative-time.tsx'

const titles: Record<Reason, string> = {
  'branch-failing': 'Default branch failing',
  'review-requested': 'Your review is requested',
  'mine-blocked': 'Your pull requests that are blocked',
  ready: 'Ready to merge',
  waiting: 'Waiting too long'
}

/** Of each reason so many are shown at once. */
const shownAtOnce = 5

interface AttentionProps {
  items: readonly AttentionItem[]
  certainty: Certainty
  /** Milliseconds since the epoch, to the minute. */
  now: number
  days: number
  setDays(days: number): void
  choose(repository: string): void
  /** What can be done about an item. */
  actionsOf(item: AttentionItem): ReactNode
  /** Below the list. */
  children?: ReactNode
}

/** What needs somebody now, on top of everything. */
export function Attention({ items, certainty, now, days, setDays, choose, actionsOf, children }: AttentionProps) {
  return (
    <section className="card attention" aria-labelledby="attention-title" data-panel="attention">
      <header className="panel-head">
        <h2 id="attention-title">
          Needs attention
          {(items.length > 0 || certainty.known === 'all') && (
            <>
              {' '}
              <span className="count">
                {certainty.known === 'some' && 'at least '}
                {items.length}
              </span>
            </>
          )}
        </h2>
        <label className="check quiet">
          Waiting longer than
          <select value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
            {staleDays.map((count) => (
              <option key={count} value={count}>
                {count} days
              </option>
            ))}
          </select>
        </label>
      </header>
      {items.length === 0 && <p className="empty">{nothingWords(certainty, now)}</p>}
      <div className="attention-groups">
        {reasons.map((reason) => (
          <Group
            key={reason}
            reason={reason}
            items={items.filter((item) => item.reason === reason)}
            choose={choose}
            actionsOf={actionsOf}
          />
        ))}
      </div>
      {certainty.gaps.map((gap) => (
        <p key={gap} className="row-about" data-gap>
          {gap}
        </p>
      ))}
      {children}
    </section>
  )
}

type GroupProps = Pick<AttentionProps, 'items' | 'choose' | 'actionsOf'> & { reason: Reason }

function Group({ reason, items, choose, actionsOf }: GroupProps) {
  const [isWhole, setWhole] = useState(false)
  if (items.length === 0) return null
  const shown = isWhole ? items : items.slice(0, shownAtOnce)
  return (
    <section className="attention-group" data-reason={reason} aria-label={titles[reason]}>
      <h3>
        {titles[reason]} <span className="count">{items.length}</span>
      </h3>
      <ul className="rows">
        {shown.map((item) => (
          <li key={item.key} className="row row-with-face" data-item={item.key}>
            {item.row ? <Avatar login={item.row.pull.user?.login ?? ''} /> : <span className="avatar-none">✕</span>}
            <div className="row-main">
              {item.url === undefined ? (
                <button type="button" className="link-button" onClick={() => choose(item.key)}>
                  {item.title}
                </button>
              ) : (
                <OutLink url={item.url}>{item.title}</OutLink>
              )}
            </div>
            <div className="row-side">{actionsOf(item)}</div>
            <div className="row-about">
              {item.row ? `${item.key} ` : ''}
              {item.about}
              {item.row && (
                <>
                  {' '}
                  · changed <RelativeTime at={item.row.pull.updated_at} />
                </>
              )}
            </div>
          </li>
        ))}
      </ul>
      {items.length > shown.length && (
        <button type="button" onClick={() => setWhole(true)}>
          Show {items.length - shown.length} more
        </button>
      )}
    </section>
  )
}
