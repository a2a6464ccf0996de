/** Marks the row of a pull request by the commit whose checks it shows. */
export const headAttribute = 'data-head'

/** The heads of the pull requests whose rows can be seen now. */
export function headsInView(): ReadonlySet<string> {
  const seen = new Set<string>()
  for (const row of document.querySelectorAll(`[${headAttribute}]`)) {
    const { top, bottom } = row.getBoundingClientRect()
    const list = row.closest('.panel-body')?.getBoundingClientRect()
    const from = Math.max(0, list?.top ?? 0)
    const to = Math.min(window.innerHeight, list?.bottom ?? window.innerHeight)
    if (bottom > from && top < to) seen.add(row.getAttribute(headAttribute) ?? '')
  }
  return seen
}
