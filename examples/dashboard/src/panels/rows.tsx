import { type ReactNode, useState } from 'preact/compat'

/** Thousands of rows at once would take a browser long to draw. */
const rowsAtOnce = 200

/** The first rows of a long list, and a way to the others below them. */
export function useRows<Item>(items: readonly Item[]): { rows: readonly Item[]; more: ReactNode } {
  const [maxRows, setMaxRows] = useState(rowsAtOnce)
  const more = items.length > maxRows && (
    <p className="row-about">
      {maxRows.toLocaleString('en')} shown of {items.length.toLocaleString('en')}.{' '}
      <button type="button" onClick={() => setMaxRows((before) => before + rowsAtOnce)}>
        Show more
      </button>
    </p>
  )
  return { rows: items.slice(0, maxRows), more }
}
