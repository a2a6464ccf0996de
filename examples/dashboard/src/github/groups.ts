import { isRepositoryName } from '../start/repositories.ts'
import { type Answer, type Answers, answerTo } from './answer.ts'
import type { RepositoryFacts } from './answers.ts'
import type { Query } from './queries.ts'

/** An organisation, a user or a topic: it stands for all of its repositories. */
const pattern = /^(org|user|topic):([\w.-]+)$/i

/** Of one group, those that were pushed to last; each of them costs requests. */
const maxGroupPages = 2

/** The repositories of a group, archived ones left out; undefined for a repository's own name. */
export function groupOf(entry: string): Query<string> | undefined {
  const [, kind, name] = pattern.exec(entry) ?? []
  if (!kind || !name) return undefined
  const read = (repositories: (RepositoryFacts | null)[]) =>
    repositories.filter((one) => !one?.archived).map((one) => one?.full_name)
  if (kind.toLowerCase() === 'topic') {
    return {
      path: `/search/repositories?q=topic:${name}+archived:false&sort=updated&per_page=100`,
      read: (body) => read((body as { items: RepositoryFacts[] }).items),
      isItem: isRepositoryName,
      maxPages: maxGroupPages
    }
  }
  return {
    path: `/${kind.toLowerCase()}s/${name}/repos?sort=pushed&per_page=100`,
    read: (body) => read(body as RepositoryFacts[]),
    isItem: isRepositoryName,
    maxPages: maxGroupPages
  }
}

/** A group among the entries, and what is known of it. */
export interface Group {
  entry: string
  answer: Answer<string> | undefined
}

export interface Expanded {
  /** Every repository once, at most `max`. */
  names: readonly string[]
  /** How many there are without that bound, as far as is known. */
  total: number
  groups: Group[]
}

/** The repositories that entries stand for: names as they are, groups as far as they are known. */
export function expand(entries: readonly string[], answers: Answers, max: number): Expanded {
  const byName = new Map<string, string>()
  const groups: Group[] = []
  for (const entry of entries) {
    const query = groupOf(entry)
    const answer = query && answerTo(answers, query)
    if (query) groups.push({ entry, answer })
    for (const name of query ? (answer?.data ?? []) : [entry]) byName.set(name.toLowerCase(), name)
  }
  return { names: [...byName.values()].slice(0, max), total: byName.size, groups }
}
