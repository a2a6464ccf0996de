import { isHidden } from '../github/answer.ts'
import { latestReleaseOf, pullRequestsOf } from '../github/queries.ts'
import { byTime, ofRepositories, type PanelInput } from './of-repositories.ts'
import { Panel } from './panel.tsx'
import { RelativeTime } from './relative-time.tsx'
import { totalOf } from './standing.ts'

export function Releases(input: PanelInput) {
  const { answers: releases, items } = ofRepositories(input, latestReleaseOf)
  const pulls = ofRepositories(input, pullRequestsOf).answers
  // GitHub says 404 both of a repository without a release and of one that it does not show.
  const answers = releases.map((answer, index) => (isHidden(pulls[index]) ? pulls[index] : answer))
  return (
    <Panel
      id="releases"
      title="Latest releases"
      count={totalOf(items.length, answers)}
      answers={answers}
      empty="No releases yet."
      isEmpty={items.length === 0}
    >
      <ul className="rows">
        {items.sort(byTime((release) => release.published_at ?? '')).map(({ repository, item }) => (
          <li key={item.html_url} className="row">
            <div className="row-main">
              <a href={item.html_url}>{item.name || item.tag_name}</a>
            </div>
            <div className="row-side">
              {item.prerelease && <span className="tag">Pre-release</span>}
              {item.name !== item.tag_name && <span className="tag">{item.tag_name}</span>}
            </div>
            <div className="row-about">
              {repository} by {item.author?.login ?? 'an unknown user'}
              {item.published_at && (
                <>
                  {' '}
                  · <RelativeTime at={item.published_at} />
                </>
              )}
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
