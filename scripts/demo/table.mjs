const columns = ['requests', 'local cache', 'members', 'GitHub', 'quota spent', 'quota without ghmesh']

/** What one member's figures say, in the order of the columns. */
export function row(name, stats) {
  const { requests, hits, collapsed, peerHits, misses, revalidated, quotaSpent } = stats
  return [name, requests, hits + collapsed, peerHits, misses + revalidated, quotaSpent, requests]
}

export function table(rows) {
  const total = ['together', ...columns.map((_, i) => rows.reduce((sum, cells) => sum + cells[i + 1], 0))]
  const lines = [['', ...columns], ...rows, total].map((cells) => cells.map(String))
  const widths = lines[0].map((_, i) => Math.max(...lines.map((cells) => cells[i].length)))
  const text = lines.map((cells) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('   ')
  )
  const rule = '-'.repeat(text[0].length)
  return [text[0], rule, ...text.slice(1, -1), rule, text.at(-1)]
}
