/** What can be searched of a row; texts in lower case. */
export interface Searchable {
  text: string
  repository: string
  author: string
  labels: readonly string[]
  /** What it is, such as `draft` or `failing`. */
  is: readonly string[]
}

export interface Condition {
  field: 'text' | 'repo' | 'author' | 'label' | 'is'
  value: string
  isNegated: boolean
}

const fields: readonly string[] = ['repo', 'author', 'label', 'is']

/**
 * Words, and `repo:`, `author:`, `label:` and `is:` with a value; what has spaces is put in quotation marks, where two of them
 * stand for one, and a `-` before it means "not". Any text is a search: what is no qualifier is a word.
 */
export function parseSearch(q: string): Condition[] {
  return [...q.toLowerCase().matchAll(/(-?)(?:([a-z]+):)?(?:"((?:[^"]|"")*)"?|(\S+))/g)].flatMap(
    ([, minus, name, quoted, plain]) => {
      const isField = name !== undefined && fields.includes(name)
      const value = `${name !== undefined && !isField ? `${name}:` : ''}${unquoted(quoted) ?? plain ?? ''}`
      if (value === '') return []
      return [{ field: isField ? (name as Condition['field']) : 'text', value, isNegated: minus === '-' }]
    }
  )
}

const unquoted = (text: string | undefined) => text?.replaceAll('""', '"')

const holds: Record<Condition['field'], (row: Searchable, value: string) => boolean> = {
  text: ({ text }, value) => text.includes(value),
  repo: ({ repository }, value) => repository.toLowerCase().includes(value),
  author: ({ author }, value) => author.toLowerCase() === value.replace(/^@/, ''),
  label: ({ labels }, value) => labels.some((label) => label.toLowerCase() === value),
  is: ({ is }, value) => is.includes(value)
}

/** Whether a row has all of it. */
export const matches = (row: Searchable, conditions: readonly Condition[]): boolean =>
  conditions.every(({ field, value, isNegated }) => holds[field](row, value) !== isNegated)

const labelCondition = /(?<!\S)label:(?:"((?:[^"]|"")*)"|(\S+))/i

/** The label that a search asks for. */
export function labelIn(q: string): string | undefined {
  const [, quoted, plain] = labelCondition.exec(q) ?? []
  return (unquoted(quoted) ?? plain)?.toLowerCase()
}

/** The same search for another label, or for none. */
export function withLabel(q: string, label: string | undefined): string {
  const rest = q.replace(labelCondition, '').replace(/\s+/g, ' ').trim()
  const added = label === undefined ? '' : `label:${/[\s"]/.test(label) ? `"${label.replaceAll('"', '""')}"` : label}`
  return [rest, added].filter(Boolean).join(' ')
}
