import { reasonOf } from '../data/notification.ts'
import type { Issue, Repository } from '../model.ts'
import { inOrder, isBefore, isSince } from './query.ts'

export interface Thread {
  repository: Repository
  issue: Issue
}

/**
 * The threads that a list asks for, the most recently updated first. All of them are unread, so that `all` changes nothing:
 * https://docs.github.com/rest/activity/notifications#list-notifications-for-the-authenticated-user
 */
export function filterThreads(threads: Thread[], query: URLSearchParams, login: string): Thread[] {
  const kept = threads.filter(
    ({ issue }) =>
      isSince(query, issue.updatedAt) &&
      isBefore(query, issue.updatedAt) &&
      (query.get('participating') !== 'true' || reasonOf(issue, login) !== 'subscribed')
  )
  return inOrder(kept, false, ({ issue }) => issue.updatedAt)
}
