import { bodyOf, namesOf, type RepositoryAsk, type RepositoryHandler } from '../ask.ts'
import { labelJson } from '../data/issue.ts'
import type { Issue } from '../model.ts'
import { failure, notFound, type Reply } from '../reply.ts'
import { includes } from '../visibility.ts'
import { ensureLabels, touch } from './issue-fields.ts'
import { issueOf } from './issues.ts'
import { forbidden, signedIn } from './signed-in.ts'

const labelList = (ask: RepositoryAsk, issue: Issue): Reply => ({
  json: ask.repository.labels
    .filter((l) => issue.labels.includes(l.name))
    .map((l) => labelJson(l, ask.repository, ask.links))
})

/** A change of an issue's labels, for those with the triage role. Answers with all of them, if the change has no answer. */
const relabel = (change: (ask: RepositoryAsk, issue: Issue, names: string[]) => Reply | undefined) =>
  signedIn((ask) => {
    const issue = issueOf(ask)
    if (!issue) return notFound()
    if (!includes(ask.role, 'triage')) return forbidden()
    const names = namesOf(Array.isArray(ask.body) ? ask.body : bodyOf(ask).labels)
    const answer = change(ask, issue, names)
    if (answer?.status === 404) return answer
    ensureLabels(ask, issue.labels)
    touch(ask, issue)
    return answer ?? labelList(ask, issue)
  })

/** Writing the labels of an issue, by `METHOD path`. */
export const labelWrites: Record<string, RepositoryHandler> = {
  'POST /issues/:number{[0-9]+}/labels': relabel((_ask, issue, names) => {
    issue.labels = [...new Set([...issue.labels, ...names])]
    return undefined
  }),
  'PUT /issues/:number{[0-9]+}/labels': relabel((_ask, issue, names) => {
    issue.labels = names
    return undefined
  }),
  // The only one that answers with nothing: https://docs.github.com/rest/issues/labels#remove-all-labels-from-an-issue
  'DELETE /issues/:number{[0-9]+}/labels': relabel((_ask, issue) => {
    issue.labels = []
    return { status: 204 }
  }),
  'DELETE /issues/:number{[0-9]+}/labels/:name': relabel((ask, issue) => {
    if (!issue.labels.includes(ask.params.name ?? '')) return failure(404, 'Label does not exist')
    issue.labels = issue.labels.filter((l) => l !== ask.params.name)
    return undefined
  })
}
