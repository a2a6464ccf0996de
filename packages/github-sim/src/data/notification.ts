import type { Issue, Repository } from '../model.ts'
import type { Links } from './links.ts'
import { mentions } from './mentions.ts'
import { simpleRepository } from './repository.ts'

/** Why somebody gets a thread: https://docs.github.com/rest/activity/notifications#about-notification-reasons */
export function reasonOf(issue: Issue, login: string): 'assign' | 'author' | 'comment' | 'mention' | 'subscribed' {
  if (issue.assignees.some((assignee) => assignee.login === login)) return 'assign'
  if (mentions(issue, login)) return 'mention'
  if (issue.user.login === login) return 'author'
  return issue.comments.some(({ user }) => user.login === login) ? 'comment' : 'subscribed'
}

/** An unread thread about an issue or a pull request. */
export function notificationJson(issue: Issue, repository: Repository, login: string, links: Links) {
  const thread = `${links.api}/notifications/threads/${issue.id}`
  const kind = issue.pull ? 'pulls' : 'issues'
  const subject = `${links.api}/repos/${repository.fullName}/${kind}/${issue.number}`
  return {
    id: String(issue.id),
    unread: true,
    reason: reasonOf(issue, login),
    updated_at: issue.updatedAt,
    last_read_at: null,
    subject: {
      title: issue.title,
      url: subject,
      latest_comment_url: subject,
      type: issue.pull ? 'PullRequest' : 'Issue'
    },
    repository: simpleRepository(repository, links),
    url: thread,
    subscription_url: `${thread}/subscription`
  }
}
