import { latestReleaseOf } from '../github/queries.ts'
import { byTime, ofRepositories, type PanelInput } from './of-repositories.ts'
import { Panel } from './panel.tsx'
import { RelativeTime } from './relative-time.tsx'

export function Releases(input: PanelInput) {
  const { answers, items } = ofRepositories(input, latestReleaseOf, (release) => [release])
  return (
    <Panel
      id="releases"
      title="Latest releases"
      count={String(items.length)}
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
