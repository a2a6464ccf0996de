import { text } from '../bytes.ts'
import { repositoryOf } from './routes.ts'

const discussion =
  /^(\/(?:repos\/[^/]+\/[^/]+|repositories\/\d+))\/(?:issues|pulls)(\/\d+)?(?:\/(?:comments|labels|assignees|reactions|lock))?$/

// Where an issue or pull request shows in its repository, and below its number.
const lists = ['issues', 'pulls', 'issues/comments', 'issues/events', 'pulls/comments', 'milestones', 'labels']
const details = {
  issues: ['', '/comments', '/events', '/timeline', '/labels'],
  pulls: ['', '/comments', '/commits', '/files', '/reviews']
}

/**
 * What a successful write to a path changed, as `Purges` names it. Issues and pull requests (one thing with two names):
 * the URL, its parents, and the lists in which they show. Anything else in a repository can show anywhere in it (a merge, a
 * file, an edited comment by its own id), and asking again is free where nothing changed: then all of the repository.
 */
export function changedBy(path: string): string[] {
  const clean = path.replace(/\/$/, '')
  const [, root, number] = discussion.exec(clean) ?? []
  if (root === undefined) {
    const name = repositoryOf(clean)
    return name === undefined ? parents(clean) : [name]
  }
  const own = Object.entries(details).flatMap(([kind, parts]) => parts.map((part) => `${root}/${kind}${number}${part}`))
  return [...new Set([clean, root, ...lists.map((list) => `${root}/${list}`), ...(number === undefined ? [] : own)])]
}

/** Strings and comments, in which a word means nothing (https://spec.graphql.org/October2021/#sec-Source-Text). */
const asideInGraphql = /"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*/g

/**
 * Whether a request changes something: all but GET and HEAD, and of GraphQL's, which all are POST, mutations. A body that is a
 * stream is taken for a query.
 */
export function isWrite(method: string, path: string | undefined, body: unknown): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  if (path !== '/graphql') return true
  const sent = textOf(body)
  if (sent === undefined) return false
  try {
    const { query } = JSON.parse(sent) as { query?: unknown }
    return typeof query === 'string' && /(?:^|\})[\s,\uFEFF]*mutation\b/.test(query.replace(asideInGraphql, ' '))
  } catch {
    return false
  }
}

/** A body that need not be read first. */
export function textOf(body: unknown): string | undefined {
  const sent = body instanceof Uint8Array ? text(body) : body
  return typeof sent === 'string' ? sent : undefined
}

/** The path and those above it. */
function parents(path: string): string[] {
  const found: string[] = []
  for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) found.push(at)
  return found
}
