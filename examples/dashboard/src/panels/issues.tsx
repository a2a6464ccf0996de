import { useState } from 'react'
import { issuesOf } from '../github/queries.ts'
import { grouped, labelsOf, type RepositoryIssue } from './issue-groups.ts'
import { LabelFilter } from './label-filter.tsx'
import { byTime, ofRepositories, type PanelInput } from './of-repositories.ts'
import { Panel } from './panel.tsx'
import { RelativeTime } from './relative-time.tsx'
import { useRows } from './rows.tsx'
import { totalOf } from './standing.ts'

export function Issues(input: PanelInput) {
  const [chosen, setChosen] = useState<string>()
  const [isGrouped, setGrouped] = useState(false)
  const { answers, items } = ofRepositories(input, issuesOf)
  const total = totalOf(items.length, answers)
  const labels = labelsOf(items)
  // A label may go with its last issue.
  const label = labels.some(({ name }) => name === chosen) ? chosen : undefined
  const shown = items
    .filter(({ item }) => label === undefined || item.labels.some(({ name }) => name === label))
    .sort(byTime((issue) => issue.updated_at))
  const { rows, more } = useRows(shown)
  return (
    <Panel
      id="issues"
      title="Issues"
      count={label === undefined ? total : `${shown.length} of ${total}`}
      answers={answers}
      empty="No open issues."
      isEmpty={items.length === 0}
      more={more}
      controls={
        labels.length > 0 && (
          <LabelFilter
            labels={labels}
            chosen={label}
            choose={setChosen}
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

function IssueRows({ issues }: { issues: readonly RepositoryIssue[] }) {
  return (
    <ul className="rows">
      {issues.map(({ repository, item }) => (
        <li key={item.html_url} className="row">
          <div className="row-main">
            <a href={item.html_url}>{item.title}</a>
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
            {repository}#{item.number} by {item.user?.login ?? 'an unknown user'} ·{' '}
            <RelativeTime at={item.updated_at} />
            {item.comments > 0 && ` · ${item.comments} ${item.comments === 1 ? 'comment' : 'comments'}`}
          </div>
        </li>
      ))}
    </ul>
  )
}
