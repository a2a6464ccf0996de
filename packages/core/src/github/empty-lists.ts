import { type Bytes, utf8 } from '../bytes.ts'

/** What GitHub hashes and sends for an empty list. */
export const emptyList: Bytes = utf8('[]')

/*
 * Below a repository, what answers with an array and nothing around it, whose first page is empty only where all of it is: GitHub
 * chooses what belongs to it before it cuts pages. Not here: what is shown in part (events and timelines, stars and forks of
 * accounts that are hidden), and what is no list or a 204 while it is empty (contributors, statistics).
 * https://docs.github.com/rest has the shape of each.
 */
const lists = new RegExp(
  `^/(?:repos/[^/]+/[^/]+|repositories/\\d+)/(?:${[
    'branches|tags|labels|milestones|milestones/\\d+/labels|assignees|hooks|keys|releases|comments',
    'issues|issues/\\d+/comments|issues/\\d+/labels|issues/comments',
    'pulls|pulls/\\d+/comments|pulls/\\d+/reviews|pulls/comments',
    'commits/[\\da-f]{40}/comments|statuses/[\\da-f]{40}|deployments|deployments/\\d+/statuses'
  ].join('|')})$`
)

// They choose what is in the list, or its order; nothing that pages by a cursor, an id or a time is here.
const harmless =
  /^(?:state|sort|direction|labels|milestone|assignee|creator|mentioned|base|head|environment|task|ref|sha)$/

/** Whether a path below the API's base URL, with this query, asks for the first page of a list that could be empty. */
export const mayBeEmptyList = (path: string, query: URLSearchParams): boolean =>
  lists.test(path) &&
  [...query].every(([name, value]) => {
    if (name === 'page') return value === '1'
    if (name === 'per_page') return /^(?:[1-9]\d?|100)$/.test(value)
    return harmless.test(name)
  })
