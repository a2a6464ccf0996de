import { summarise } from '../github/checks.ts'
import { answerTo } from '../github/feed.ts'
import { checksOf, pullRequestsOf, pullRequestsShown } from '../github/queries.ts'
import { byTime, ofRepositories, type PanelInput } from './of-repositories.ts'
import { Panel } from './panel.tsx'
import { RelativeTime } from './relative-time.tsx'
import { StateMark } from './state-mark.tsx'

export function PullRequests(input: PanelInput) {
  const { answers, items } = ofRepositories(input, pullRequestsOf, (pulls) => pulls)
  const isMore = answers.some((answer) => answer?.data?.length === pullRequestsShown)
  return (
    <Panel
      id="pull-requests"
      title="Pull requests"
      count={`${items.length}${isMore ? '+' : ''}`}
      answers={answers}
      empty="No open pull requests."
      isEmpty={items.length === 0}
    >
      <ul className="rows">
        {items.sort(byTime((pull) => pull.updated_at)).map(({ repository, item }) => (
          <li key={item.html_url} className="row">
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
  if (!answer.data) return <StateMark state="none" words="Checks unavailable" />
  const { state, count, total } = summarise(answer.data)
  const words = {
    passed: `${total} passed`,
    failed: `${count} of ${total} failed`,
    running: `${count} of ${total} running`,
    none: 'No checks'
  }
  return <StateMark state={state} words={words[state]} />
}
