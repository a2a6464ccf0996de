import type { Label } from '../github/answers.ts'

interface LabelFilterProps {
  labels: (Label & { count: number })[]
  chosen: string | undefined
  choose(name: string | undefined): void
  isGrouped: boolean
  setGrouped(on: boolean): void
}

/** One label, or all; and whether each has a heading of its own. */
export function LabelFilter({ labels, chosen, choose, isGrouped, setGrouped }: LabelFilterProps) {
  return (
    <fieldset className="filter">
      <legend className="visually-hidden">Issues by label</legend>
      <select
        aria-label="Label"
        value={labels.find(({ name }) => name.toLowerCase() === chosen)?.name ?? ''}
        onChange={(event) => choose(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
      >
        <option value="">All labels</option>
        {labels.map(({ name, count }) => (
          <option key={name} value={name}>
            {name} ({count})
          </option>
        ))}
      </select>
      <label className="check">
        <input type="checkbox" checked={isGrouped} onChange={(event) => setGrouped(event.currentTarget.checked)} />
        Group by label
      </label>
    </fieldset>
  )
}
