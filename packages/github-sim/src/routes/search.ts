import { type Ask, type Handler, wrappedReply } from '../ask.ts'
import { issueJson } from '../data/issue.ts'
import { rawNumber } from '../data/links.ts'
import { repositoryJson } from '../data/repository.ts'
import { invalid, type Reply } from '../reply.ts'

/** A query split into `name:value` qualifiers and plain words, in lower case. */
function parse(q: string) {
  const words: string[] = []
  const qualifiers: [string, string][] = []
  for (const [part] of q.toLowerCase().matchAll(/(?:[^\s"]|"[^"]*")+/g)) {
    const [, name, value] = /^(\w+):(.+)$/.exec(part) ?? []
    if (name && value) qualifiers.push([name, value.replaceAll('"', '')])
    else words.push(part.replaceAll('"', ''))
  }
  return { words, qualifiers }
}

function results<T>(ask: Ask, items: T[], render: (item: T) => object): Reply {
  const reply = wrappedReply(ask, 'items', items, (item) => ({ ...render(item), score: rawNumber('1.0') }))
  const { total_count, items: found } = reply.json as { total_count: number; items: unknown[] }
  return { ...reply, etag: 'none', json: { total_count, incomplete_results: false, items: found } }
}

function issues(ask: Ask): Reply {
  const q = ask.query.get('q')
  if (!q) return invalid('Search', 'q', 'missing_field')
  const { words, qualifiers } = parse(q)
  const all = ask.world
    .visible(ask.viewer)
    .flatMap(({ repository }) => [...repository.issues.values()].map((issue) => ({ repository, issue })))
  const found = all.filter(({ repository: r, issue: i }) => {
    const text = `${i.title}\n${i.body}`.toLowerCase()
    const facts = new Set(
      [
        `repo:${r.fullName}`,
        `user:${r.owner.login}`,
        `org:${r.owner.login}`,
        `is:${i.state}`,
        `state:${i.state}`,
        ...(i.pull ? ['is:pr', 'is:pull-request', 'type:pr'] : ['is:issue', 'type:issue']),
        `author:${i.user.login}`,
        ...i.labels.map((l) => `label:${l}`)
      ].map((fact) => fact.toLowerCase())
    )
    return words.every((w) => text.includes(w)) && qualifiers.every(([n, v]) => facts.has(`${n}:${v}`))
  })
  const reply = results(ask, found.reverse(), ({ repository, issue }) => issueJson(issue, repository, ask))
  // Only words are searched for: https://docs.github.com/rest/search/search#search-issues-and-pull-requests
  return { ...reply, json: { ...(reply.json as object), search_type: 'lexical' } }
}

function repositories(ask: Ask): Reply {
  const q = ask.query.get('q')
  if (!q) return invalid('Search', 'q', 'missing_field')
  const { words, qualifiers } = parse(q)
  const found = ask.world.visible(ask.viewer).filter(({ repository: r }) => {
    const text = `${r.fullName}\n${r.description}`.toLowerCase()
    const facts = new Set(
      [
        `user:${r.owner.login}`,
        `org:${r.owner.login}`,
        `repo:${r.fullName}`,
        `is:${r.visibility}`,
        `archived:${r.archived}`,
        `language:${r.language}`,
        ...r.topics.map((t) => `topic:${t}`)
      ].map((fact) => fact.toLowerCase())
    )
    return words.every((w) => text.includes(w)) && qualifiers.every(([n, v]) => facts.has(`${n}:${v}`))
  })
  const shown = ask.viewer && !ask.world.omitPermissions
  return results(ask, found, ({ repository, role }) => repositoryJson(repository, ask.links, shown ? role : undefined))
}

/** Searches: answers without an ETag, on a budget of their own. */
export const searchRoutes: Record<string, Handler> = {
  '/search/issues': issues,
  '/search/repositories': repositories
}
