import { memo } from 'preact/compat'
import { type Count, countWords } from '../board/counts.ts'
import { type RepositoryRow, wordsOfBranch, wordsOfDeployment } from '../board/repository-row.ts'
import type { Group } from '../github/groups.ts'
import { OutLink } from './out-link.tsx'
import { RelativeTime } from './relative-time.tsx'
import { StateMark } from './state-mark.tsx'

interface RepositoryListProps {
  rows: readonly RepositoryRow[]
  groups: readonly Group[]
  /** Those that were added by name: each can be removed by itself. */
  removable: ReadonlySet<string>
  /** The one that everything is filtered to. */
  chosen: string | undefined
  choose(name: string | undefined): void
  remove(entry: string): void
}

/** The repositories shown, a line each; one of them can be chosen to see nothing else. */
export function RepositoryList({ rows, groups, removable, chosen, choose, remove }: RepositoryListProps) {
  const failing = rows.filter(({ branch }) => branch?.state === 'failed')
  const was = failing.some(({ branch }) => branch?.isStale) ? (failing.length === 1 ? 'was ' : 'were ') : ''
  return (
    <section className="card repositories-card" aria-labelledby="repositories-title" data-panel="repositories">
      <header className="panel-head">
        <h2 id="repositories-title">
          Repositories <span className="count">{rows.length}</span>
        </h2>
        {failing.length > 0 && <StateMark state="failed" words={`${failing.length} ${was}failing`} />}
      </header>
      {groups.length > 0 && (
        <ul className="groups" aria-label="Groups of repositories">
          {groups.map((group) => (
            <GroupItem key={group.entry} group={group} remove={remove} />
          ))}
        </ul>
      )}
      <div className="repositories-body">
        <ul className="repositories" aria-label="Repositories shown">
          {rows.map((row) => (
            <RepositoryItem
              key={row.name}
              row={row}
              isChosen={row.name === chosen}
              choose={choose}
              remove={removable.has(row.name) ? remove : undefined}
            />
          ))}
        </ul>
      </div>
    </section>
  )
}

function GroupItem({ group: { entry, answer }, remove }: { group: Group; remove(entry: string): void }) {
  const count = answer?.data?.length
  return (
    <li className="group" data-group={entry}>
      <span>
        {entry}{' '}
        <span className="quiet">
          {count === undefined ? (answer?.problem ? '· not available' : '· loading') : `· ${count} repositories`}
        </span>
      </span>
      <RemoveButton entry={entry} remove={remove} />
    </li>
  )
}

interface RepositoryItemProps {
  row: RepositoryRow
  isChosen: boolean
  choose(name: string | undefined): void
  remove: ((entry: string) => void) | undefined
}

const RepositoryItem = memo(function RepositoryItem({ row, isChosen, choose, remove }: RepositoryItemProps) {
  const { name, standing } = row
  return (
    <li className="repository" data-missing={standing === 'hidden'} data-branch={row.branch?.state}>
      <button
        type="button"
        className="repository-name"
        aria-pressed={isChosen}
        onClick={() => choose(isChosen ? undefined : name)}
      >
        {name}
      </button>
      {standing === 'known' ? (
        <Facts row={row} />
      ) : (
        <span className="quiet">
          {{ loading: 'loading', hidden: 'not found', waiting: 'not loaded yet' }[standing]}
        </span>
      )}
      {remove && <RemoveButton entry={name} remove={remove} />}
    </li>
  )
})

function Facts({ row: { branch, release, deployment, issues, pulls } }: { row: RepositoryRow }) {
  return (
    <span className="repository-facts">
      {branch ? (
        <StateMark state={branch.state} words={wordsOfBranch(branch)} />
      ) : (
        <span className="state">Branch unknown</span>
      )}
      <span className="quiet">
        {release === 'none' && 'No release'}
        {release !== 'none' && release && (
          <>
            <OutLink url={release.html_url}>{release.tag_name}</OutLink>
            {release.published_at && (
              <>
                {' '}
                <RelativeTime at={release.published_at} />
              </>
            )}
          </>
        )}
        {deployment && (
          <span className="deployment">
            <StateMark {...wordsOfDeployment(deployment)} /> <RelativeTime at={deployment.at} />
          </span>
        )}
      </span>
      <Amount what={['pull request', 'pull requests']} count={pulls} />
      <Amount what={['issue', 'issues']} count={issues} />
    </span>
  )
}

function Amount({ what: [one, many], count }: { what: [string, string]; count: Count | undefined }) {
  if (!count) return <span className="quiet">? {many}</span>
  return (
    <span className="quiet">
      {countWords(count)} {count.count === 1 && !count.isAtLeast ? one : many}
    </span>
  )
}

function RemoveButton({ entry, remove }: { entry: string; remove(entry: string): void }) {
  return (
    <button type="button" className="icon-button" onClick={() => remove(entry)}>
      <span aria-hidden="true">×</span>
      <span className="visually-hidden">Remove {entry}</span>
    </button>
  )
}
