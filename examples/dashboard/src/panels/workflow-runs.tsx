import { memo } from 'preact/compat'
import { shownRuns } from '../board/filtered.ts'
import type { View } from '../board/view.ts'
import type { WorkflowRun } from '../github/answers.ts'
import { stateOfRun } from '../github/checks.ts'
import { workflowRunsOf } from '../github/queries.ts'
import { ofRepositories, type PanelInput } from './of-repositories.ts'
import { OutLink } from './out-link.tsx'
import { Panel } from './panel.tsx'
import { RelativeTime } from './relative-time.tsx'
import { useRows } from './rows.tsx'
import { sameFields } from './same-fields.ts'
import { StateMark } from './state-mark.tsx'

const words = (text: string) => text.charAt(0).toUpperCase() + text.slice(1).replaceAll('_', ' ')

export function WorkflowRuns({ view, ...input }: PanelInput & { view: View }) {
  const { answers, items } = ofRepositories(input, workflowRunsOf)
  const shown = shownRuns(items, view)
  const { rows, more } = useRows(shown)
  return (
    <Panel
      id="workflow-runs"
      title="Workflow runs"
      count={`last ${items.length}`}
      of={items.length}
      shown={shown.length}
      answers={answers}
      empty="No workflow runs yet."
      more={more}
    >
      <ul className="rows">
        {rows.map(({ repository, item }) => (
          <Run key={item.id} run={item} repository={repository} />
        ))}
      </ul>
    </Panel>
  )
}

const Run = memo(function Run({ run, repository }: { run: WorkflowRun; repository: string }) {
  return (
    <li className="row">
      <div className="row-main">
        <OutLink url={run.html_url}>{run.display_title}</OutLink>
      </div>
      <div className="row-side">
        <StateMark state={stateOfRun(run)} words={words(run.conclusion ?? run.status ?? 'unknown')} />
      </div>
      <div className="row-about">
        {repository} · {[run.name, run.head_branch, run.event].filter(Boolean).join(' · ')} ·{' '}
        <RelativeTime at={run.updated_at} />
      </div>
    </li>
  )
}, sameFields)
