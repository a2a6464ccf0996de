import type { Issue, Label } from '../github/answers.ts'

export interface RepositoryIssue {
  repository: string
  item: Issue
}

/** All labels of these issues, the most used first. */
export function labelsOf(issues: readonly RepositoryIssue[]): (Label & { count: number })[] {
  const labels = new Map<string, Label & { count: number }>()
  for (const label of issues.flatMap(({ item }) => item.labels)) {
    labels.set(label.name, { ...label, count: (labels.get(label.name)?.count ?? 0) + 1 })
  }
  return [...labels.values()].sort((a, b) => b.count - a.count || a.name.localeCompare(b.name))
}

/** The issues under each label; those with several stand under each, those with none come last. */
export function grouped(issues: readonly RepositoryIssue[]): { name: string; issues: RepositoryIssue[] }[] {
  const groups = labelsOf(issues).map(({ name }) => ({
    name,
    issues: issues.filter(({ item }) => item.labels.some((label) => label.name === name))
  }))
  const bare = issues.filter(({ item }) => item.labels.length === 0)
  return bare.length > 0 ? [...groups, { name: 'Without a label', issues: bare }] : groups
}
