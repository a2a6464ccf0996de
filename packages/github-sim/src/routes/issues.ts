import { cursorReply, listReply, type RepositoryAsk, type RepositoryHandler } from '../ask.ts'
import { commentJson, issueJson, labelJson, milestoneJson } from '../data/issue.ts'
import { repositoryJson } from '../data/repository.ts'
import { simpleUser } from '../data/user.ts'
import { filterComments } from '../filters/comments.ts'
import { filterIssues, refusedIssues } from '../filters/issues.ts'
import { filterMilestones } from '../filters/milestones.ts'
import { isSince } from '../filters/query.ts'
import type { Issue } from '../model.ts'
import { notFound, type Reply } from '../reply.ts'
import { roleOf } from '../visibility.ts'

/** The issue or pull request that `:number` names. */
export function issueOf(ask: RepositoryAsk): Issue | undefined {
  return ask.repository.issues.get(Number(ask.params.number))
}

/** The comment that `:id` names, with its issue. */
export function commentOf(ask: RepositoryAsk) {
  for (const issue of ask.repository.issues.values()) {
    const comment = issue.comments.find((c) => String(c.id) === ask.params.id)
    if (comment) return { issue, comment }
  }
  return undefined
}

/** One issue as the answer. */
export function showIssue(ask: RepositoryAsk, issue: Issue): Reply {
  return { json: issueJson(issue, ask.repository, ask), lastModified: issue.updatedAt }
}

/** Where an issue stands in a list, as its cursor says it. */
const placeOf =
  ({ query }: RepositoryAsk) =>
  ({ id, createdAt, updatedAt, comments }: Issue) => {
    const sort = query.get('sort')
    const at = Date.parse(sort === 'updated' ? updatedAt : createdAt)
    return { sortedBy: sort === 'comments' ? comments.length : at, id }
  }

/**
 * The issues elsewhere that mention this one. GitHub shows an event "cross-referenced" to those who can read its source
 * (https://docs.github.com/rest/using-the-rest-api/issue-event-types), so that timelines differ between tokens.
 */
function timeline(ask: RepositoryAsk, { references = [] }: Issue): Reply {
  const seen = references.flatMap(({ repositoryId, number, createdAt }) => {
    const repository = ask.world.repositories.get(repositoryId)
    const source = repository?.issues.get(number)
    return repository && source && roleOf(repository, ask.viewer) ? [{ repository, source, createdAt }] : []
  })
  return listReply(ask, seen, ({ repository, source, createdAt }) => ({
    event: 'cross-referenced',
    actor: simpleUser(source.user, ask.links),
    created_at: createdAt,
    updated_at: createdAt,
    source: {
      type: 'issue',
      issue: {
        ...issueJson(source, repository, ask),
        repository: repositoryJson(repository, ask.links, undefined)
      }
    }
  }))
}

/** Reading issues, comments, labels and milestones. */
export const issueRoutes: Record<string, RepositoryHandler> = {
  '/issues': (ask) =>
    refusedIssues(ask.query, ask.repository.milestones) ??
    cursorReply(ask, filterIssues([...ask.repository.issues.values()], ask.query), placeOf(ask), (issue) =>
      issueJson(issue, ask.repository, ask)
    ),
  '/issues/comments': (ask) => {
    const found = filterComments(ask.repository.issues.values(), ask.query)
    return listReply(ask, found, ({ issue, comment }) => commentJson(comment, issue, ask.repository, ask.links))
  },
  '/issues/comments/:id{[0-9]+}': (ask) => {
    const found = commentOf(ask)
    if (!found) return notFound()
    const { comment, issue } = found
    return { json: commentJson(comment, issue, ask.repository, ask.links), lastModified: comment.updatedAt }
  },
  '/issues/:number{[0-9]+}': (ask) => {
    const issue = issueOf(ask)
    return issue ? showIssue(ask, issue) : notFound()
  },
  '/issues/:number{[0-9]+}/comments': (ask) => {
    const issue = issueOf(ask)
    if (!issue) return notFound()
    const comments = issue.comments.filter((c) => isSince(ask.query, c.updatedAt))
    return listReply(ask, comments, (c) => commentJson(c, issue, ask.repository, ask.links))
  },
  '/issues/:number{[0-9]+}/labels': (ask) => {
    const issue = issueOf(ask)
    if (!issue) return notFound()
    const labels = ask.repository.labels.filter((l) => issue.labels.includes(l.name))
    return listReply(ask, labels, (l) => labelJson(l, ask.repository, ask.links))
  },
  '/issues/:number{[0-9]+}/timeline': (ask) => {
    const issue = issueOf(ask)
    return issue ? timeline(ask, issue) : notFound()
  },
  '/labels': (ask) => listReply(ask, ask.repository.labels, (l) => labelJson(l, ask.repository, ask.links)),
  '/labels/:name': (ask) => {
    const label = ask.repository.labels.find((l) => l.name === ask.params.name)
    return label ? { json: labelJson(label, ask.repository, ask.links) } : notFound()
  },
  '/milestones': (ask) => {
    const { milestones, issues } = ask.repository
    const found = filterMilestones(milestones, issues.values(), ask.query)
    return listReply(ask, found, (m) => milestoneJson(m, ask.repository, ask.links))
  }
}
