import type { WorkflowRun } from '../github/answers.ts'
import { stateOfRun } from '../github/checks.ts'
import { workflowRunsOf } from '../github/queries.ts'
import { byTime, ofRepositories, type PanelInput } from './of-repositories.ts'
import { Panel } from './panel.tsx'
import { RelativeTime } from './relative-time.tsx'
import { useRows } from './rows.tsx'
import { StateMark } from './state-mark.tsx'

const words = (text: string) => text.charAt(0).toUpperCase() + text.slice(1).replaceAll('_', ' ')

export function WorkflowRuns(input: PanelInput) {
  const { answers, items } = ofRepositories(input, workflowRunsOf)
  const { rows, more } = useRows(items.sort(byTime((run) => run.updated_at)))
  return (
    <Panel
      id="workflow-runs"
      title="Workflow runs"
      count={`last ${items.length}`}
      answers={answers}
      empty="No workflow runs yet."
      isEmpty={items.length === 0}
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

function Run({ run, repository }: { run: WorkflowRun; repository: string }) {
  return (
    <li className="row">
      <div className="row-main">
        <a href={run.html_url}>{run.display_title}</a>
      </div>
      <div className="row-side">
        <StateMark state={stateOfRun(run)} words={words(run.conclusion ?? run.status)} />
      </div>
      <div className="row-about">
        {repository} · {[run.name, run.head_branch, run.event].filter(Boolean).join(' · ')} ·{' '}
        <RelativeTime at={run.updated_at} />
      </div>
    </li>
  )
}
