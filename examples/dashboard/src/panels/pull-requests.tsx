import { memo } from 'preact/compat'
import { type PullRow, reviewOf } from '../board/pull-row.ts'
import { clock } from '../clock.ts'
import { answerTo } from '../github/answer.ts'
import { detailsOf } from '../github/details.ts'
import { headAttribute } from '../github/heads-in-view.ts'
import { pullRequestsOf } from '../github/queries.ts'
import { Avatar } from './avatar.tsx'
import { ofRepositories, type PanelInput } from './of-repositories.ts'
import { OutLink } from './out-link.tsx'
import { Panel } from './panel.tsx'
import { RelativeTime } from './relative-time.tsx'
import { useRows } from './rows.tsx'
import { sameFields } from './same-fields.ts'
import { StateMark } from './state-mark.tsx'

interface PullRequestsProps extends PanelInput {
  /** Those that the view shows, in its order. */
  shown: readonly PullRow[]
  /** What keeps the view from being answered. */
  instead: string | undefined
  hasToken: boolean
}

export function PullRequests({ shown, instead, hasToken, ...input }: PullRequestsProps) {
  const { answers, items } = ofRepositories(input, pullRequestsOf)
  const { rows, more } = useRows(shown)
  const asOf = detailsAsOf(input)
  return (
    <Panel
      id="pull-requests"
      title="Pull requests"
      answers={answers}
      of={items.length}
      shown={shown.length}
      empty="No open pull requests."
      instead={instead}
      more={
        <>
          {more}
          {!hasToken && rows.length > 0 && (
            <p className="row-about">Reviews, conflicts and sizes are shown only with a token.</p>
          )}
          {asOf !== undefined && <p className="row-about">Reviews, conflicts and sizes are as of {clock(asOf)}.</p>}
        </>
      }
    >
      <ul className="rows">
        {rows.map((row) => (
          <Pull key={row.id} {...row} />
        ))}
      </ul>
    </Panel>
  )
}

/** Since when the oldest of the details that are shown has not been confirmed; undefined where none fails. */
function detailsAsOf({ answers, repositories }: PanelInput): number | undefined {
  const failing = repositories
    .map((name) => answerTo(answers, detailsOf(name)))
    .filter((answer) => answer?.data && answer.failingSince !== undefined)
  return failing.length > 0 ? Math.min(...failing.flatMap((answer) => answer?.source?.askedAt ?? [])) : undefined
}

const Pull = memo(function Pull(row: PullRow) {
  const { repository, pull, details, checks } = row
  const review = reviewOf(row)
  const login = pull.user?.login ?? 'an unknown user'
  return (
    <li className="row row-with-face" {...{ [headAttribute]: pull.head.sha }}>
      <Avatar login={login} />
      <div className="row-main">
        <OutLink url={pull.html_url}>{pull.title}</OutLink>
        {pull.draft && <span className="tag">Draft</span>}
        {details?.hasConflicts && <span className="tag tag-bad">Conflicts</span>}
      </div>
      <div className="row-side">
        <StateMark state={checks.state} words={checks.words} />
        {review && <StateMark state={review.state} words={review.words} />}
      </div>
      <div className="row-about">
        {repository}#{pull.number} by {login} · changed <RelativeTime at={pull.updated_at} />, opened{' '}
        <RelativeTime at={pull.created_at} />
        {details && (
          <>
            {' '}
            · <span className="size">+{details.additions.toLocaleString('en')}</span>{' '}
            <span className="size">−{details.deletions.toLocaleString('en')}</span>
          </>
        )}
      </div>
    </li>
  )
}, sameFields)
