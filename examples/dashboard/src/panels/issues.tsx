import { memo, useState } from 'preact/compat'
import { labelIn, withLabel } from '../board/search.ts'
import { issuesOf } from '../github/queries.ts'
import { grouped, labelsOf, type RepositoryIssue } from './issue-groups.ts'
import { LabelFilter } from './label-filter.tsx'
import { ofRepositories, type PanelInput } from './of-repositories.ts'
import { OutLink } from './out-link.tsx'
import { Panel } from './panel.tsx'
import { RelativeTime } from './relative-time.tsx'
import { useRows } from './rows.tsx'
import { sameFields } from './same-fields.ts'

interface IssuesProps extends PanelInput {
  /** Those that the view shows, in its order. */
  shown: readonly RepositoryIssue[]
  /** What keeps the view from being answered. */
  instead: string | undefined
  q: string
  search(q: string): void
}

export function Issues({ shown, instead, q, search, ...input }: IssuesProps) {
  const [isGrouped, setGrouped] = useState(false)
  const { answers, items } = ofRepositories(input, issuesOf)
  const labels = labelsOf(items)
  const { rows, more } = useRows(shown)
  return (
    <Panel
      id="issues"
      title="Issues"
      answers={answers}
      of={items.length}
      shown={shown.length}
      empty="No open issues."
      instead={instead}
      more={more}
      controls={
        labels.length > 0 && (
          <LabelFilter
            labels={labels}
            chosen={labelIn(q)}
            choose={(label) => search(withLabel(q, label))}
            isGrouped={isGrouped}
            setGrouped={setGrouped}
          />
        )
      }
    >
      {isGrouped ? (
        grouped(rows).map(({ name, issues }) => (
          <section key={name} className="issue-group" aria-label={name}>
            <h3>
              {name} <span className="count">{issues.length}</span>
            </h3>
            <IssueRows issues={issues} />
          </section>
        ))
      ) : (
        <IssueRows issues={rows} />
      )}
    </Panel>
  )
}

const IssueRows = ({ issues }: { issues: readonly RepositoryIssue[] }) => (
  <ul className="rows">
    {issues.map((issue) => (
      <IssueRow key={issue.item.html_url} {...issue} />
    ))}
  </ul>
)

const IssueRow = memo(function IssueRow({ repository, item }: RepositoryIssue) {
  return (
    <li className="row">
      <div className="row-main">
        <OutLink url={item.html_url}>{item.title}</OutLink>
      </div>
      <div className="row-side">
        {item.labels.map(({ name, color }) => (
          <span key={name} className="label">
            <span className="label-dot" style={{ backgroundColor: `#${color}` }} />
            {name}
          </span>
        ))}
      </div>
      <div className="row-about">
        {repository}#{item.number} by {item.user?.login ?? 'an unknown user'} · <RelativeTime at={item.updated_at} />
        {item.comments > 0 && ` · ${item.comments} ${item.comments === 1 ? 'comment' : 'comments'}`}
      </div>
    </li>
  )
}, sameFields)
