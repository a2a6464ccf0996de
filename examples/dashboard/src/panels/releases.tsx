import { shownReleases } from '../board/filtered.ts'
import type { View } from '../board/view.ts'
import { latestReleaseOf } from '../github/queries.ts'
import { ofRepositories, type PanelInput } from './of-repositories.ts'
import { OutLink } from './out-link.tsx'
import { Panel } from './panel.tsx'
import { RelativeTime } from './relative-time.tsx'
import { releaseAnswers } from './release-answers.ts'

export function Releases({ view, ...input }: PanelInput & { view: View }) {
  const { items } = ofRepositories(input, latestReleaseOf)
  const answers = releaseAnswers(input)
  const shown = shownReleases(items, view)
  return (
    <Panel
      id="releases"
      title="Latest releases"
      answers={answers}
      empty="No releases yet."
      of={items.length}
      shown={shown.length}
    >
      <ul className="rows">
        {shown.map(({ repository, item }) => (
          <li key={item.html_url} className="row">
            <div className="row-main">
              <OutLink url={item.html_url}>{item.name || item.tag_name}</OutLink>
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
