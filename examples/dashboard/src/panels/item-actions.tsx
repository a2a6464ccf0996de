import type { AttentionItem } from '../board/attention.ts'
import type { Divided } from '../board/set-aside.ts'
import { type Mark, snoozedMs, takenMs } from '../mesh/marks.ts'

type Marking = (id: string, mark: Mark | undefined) => Promise<void>

interface ItemActionsProps {
  item: AttentionItem
  me: string
  isOwn: boolean
  mark: Marking
}

/** To tell the team that somebody looks after it, or that it can wait. */
export function ItemActions({ item: { key, title }, me, isOwn, mark }: ItemActionsProps) {
  const of = <span className="visually-hidden">: {title}</span>
  if (isOwn) {
    return (
      <>
        <span className="quiet">You’re on it</span>
        <button type="button" className="small" onClick={() => void mark(key, undefined)}>
          Hand it back{of}
        </button>
      </>
    )
  }
  const as = (kind: Mark['kind'], forMs: number) => () => void mark(key, { kind, by: me, until: Date.now() + forMs })
  return (
    <>
      <button type="button" className="small" onClick={as('taken', takenMs)}>
        I’ll take it{of}
      </button>
      <button type="button" className="small" onClick={as('snoozed', snoozedMs)}>
        Snooze for a day{of}
      </button>
    </>
  )
}

/** What others take, and what is snoozed. */
export function SetAside({ aside, me, mark }: { aside: Divided['aside']; me: string | undefined; mark?: Marking }) {
  if (aside.length === 0) return null
  return (
    <details data-set-aside>
      <summary>Set aside by the team: {aside.length}</summary>
      <ul className="rows">
        {aside.map(({ item, mark: { kind, by } }) => (
          <li key={item.key} className="row">
            <div className="row-main">
              {item.key} · {item.title}
            </div>
            <div className="row-side">
              {me !== undefined && mark && (
                <button type="button" className="small" onClick={() => void mark(item.key, undefined)}>
                  Bring it back<span className="visually-hidden">: {item.title}</span>
                </button>
              )}
            </div>
            <div className="row-about">{kind === 'taken' ? `${by} is on it` : `Snoozed by ${by}`}</div>
          </li>
        ))}
      </ul>
    </details>
  )
}
