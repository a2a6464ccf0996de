import { answerTo } from '../github/answer.ts'
import { summarise } from '../github/checks.ts'
import { headAttribute } from '../github/heads-in-view.ts'
import { checksOf, pullRequestsOf } from '../github/queries.ts'
import { byTime, ofRepositories, type PanelInput } from './of-repositories.ts'
import { Panel } from './panel.tsx'
import { RelativeTime } from './relative-time.tsx'
import { useRows } from './rows.tsx'
import { totalOf } from './standing.ts'
import { StateMark } from './state-mark.tsx'

export function PullRequests(input: PanelInput) {
  const { answers, items } = ofRepositories(input, pullRequestsOf)
  const { rows, more } = useRows(items.sort(byTime((pull) => pull.updated_at)))
  return (
    <Panel
      id="pull-requests"
      title="Pull requests"
      count={totalOf(items.length, answers)}
      answers={answers}
      empty="No open pull requests."
      isEmpty={items.length === 0}
      more={more}
    >
      <ul className="rows">
        {rows.map(({ repository, item }) => (
          <li key={item.html_url} className="row" {...{ [headAttribute]: item.head.sha }}>
            <div className="row-main">
              <a href={item.html_url}>{item.title}</a>
              {item.draft && <span className="tag">Draft</span>}
            </div>
            <div className="row-side">
              <Checks input={input} repository={repository} sha={item.head.sha} />
            </div>
            <div className="row-about">
              {repository}#{item.number} by {item.user?.login ?? 'an unknown user'} ·{' '}
              <RelativeTime at={item.updated_at} />
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Checks({ input, repository, sha }: { input: PanelInput; repository: string; sha: string }) {
  const answer = answerTo(input.answers, checksOf(repository, sha))
  if (!answer) return <StateMark state="none" words="Checks…" />
  if (!answer.data) {
    const words = answer.problem?.kind === 'waiting' ? 'Checks not loaded yet' : 'Checks unavailable'
    return <StateMark state="none" words={words} />
  }
  const { state, count, total } = summarise(answer.data)
  const most = answer.isMore ? `at least ${total}` : total
  const words = {
    passed: answer.isMore ? `first ${total} passed` : `${total} passed`,
    failed: `${count} of ${most} failed`,
    running: `${count} of ${most} running`,
    none: 'No checks'
  }
  return <StateMark state={state} words={words[state]} />
}
