import type { Issue, Repository } from '../model.ts'
import type { Links } from './links.ts'
import { simpleRepository } from './repository.ts'

/** An unread thread about an issue or a pull request. */
export function notificationJson(issue: Issue, repository: Repository, links: Links) {
  const thread = `${links.api}/notifications/threads/${issue.id}`
  const kind = issue.pull ? 'pulls' : 'issues'
  const subject = `${links.api}/repos/${repository.fullName}/${kind}/${issue.number}`
  return {
    id: String(issue.id),
    unread: true,
    reason: 'subscribed',
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
