import { useState } from 'preact/compat'
import { maxNameLength, useSavedViews } from '../board/saved-views.ts'
import { readView, type Sort, sorts, tabs, type View, viewParameters, wholeView } from '../board/view.ts'

const tabNames = { all: 'All', mine: 'Mine', waiting: 'Waiting for me', stale: 'Stale' }
const sortNames: Record<Sort, string> = { newest: 'Newest first', oldest: 'Oldest first', repository: 'By repository' }

interface FilterBarProps {
  view: View
  change(change: Partial<View>): void
}

/** What of everything is shown: by whom it is awaited, by words, and in which order. */
export function FilterBar({ view, change }: FilterBarProps) {
  const isWhole = viewParameters({ ...view, isWall: false }).size === 0
  return (
    <search className="filter-bar" aria-label="All panels">
      <fieldset className="tabs">
        <legend className="visually-hidden">Show</legend>
        {tabs.map((tab) => (
          <button key={tab} type="button" aria-pressed={view.tab === tab} onClick={() => change({ tab })}>
            {tabNames[tab]}
          </button>
        ))}
      </fieldset>
      <input
        id="search"
        type="search"
        aria-label="Search"
        placeholder="Search, or author:name label:bug is:failing"
        value={view.q}
        onChange={(event) => change({ q: event.currentTarget.value })}
        spellcheck={false}
      />
      <select
        aria-label="Order"
        value={view.sort}
        onChange={(event) => change({ sort: event.currentTarget.value as Sort })}
      >
        {sorts.map((sort) => (
          <option key={sort} value={sort}>
            {sortNames[sort]}
          </option>
        ))}
      </select>
      <SavedViews view={view} change={change} />
      {!isWhole && (
        <button type="button" onClick={() => change({ ...wholeView, isWall: view.isWall })}>
          Show everything
        </button>
      )}
    </search>
  )
}

function SavedViews({ view, change }: FilterBarProps) {
  const { saved, save, forget } = useSavedViews()
  const [name, setName] = useState('')
  const query = viewParameters({ ...view, isWall: false }).toString()
  const current = saved.find((one) => one.query === query)
  return (
    <details className="saved-views">
      <summary>{current ? current.name : 'Views'}</summary>
      <div className="card saved-views-list">
        <ul>
          {saved.map((one) => (
            <li key={one.name}>
              <button
                type="button"
                aria-pressed={one === current}
                onClick={() => change({ ...readView(new URLSearchParams(one.query)), isWall: view.isWall })}
              >
                {one.name}
              </button>
              <button type="button" className="icon-button" onClick={() => forget(one.name)}>
                <span aria-hidden="true">×</span>
                <span className="visually-hidden">Remove the view {one.name}</span>
              </button>
            </li>
          ))}
        </ul>
        <form
          className="repository-form"
          onSubmit={(event) => {
            event.preventDefault()
            if (name.trim() !== '') save(name.trim(), query)
            setName('')
          }}
        >
          <input
            aria-label="Name of this view"
            placeholder="Name of this view"
            maxLength={maxNameLength}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <button type="submit">Save</button>
        </form>
      </div>
    </details>
  )
}
