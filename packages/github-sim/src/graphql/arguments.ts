import { GraphQLError } from 'graphql/error'
import type { FieldNode } from 'graphql/language'

/** What every list takes. */
const ofLists = 'first last after before'

/** What GitHub's schema lets lists take beside that, by field; `!` after a required argument. */
const lists: Record<string, string> = {
  assignees: '',
  blockedBy: 'orderBy',
  blocking: 'orderBy',
  comments: 'orderBy',
  commits: '',
  contexts: '',
  deployments: 'environments orderBy',
  issues: 'filterBy labels orderBy states',
  labels: 'orderBy',
  latestOpinionatedReviews: 'writersOnly',
  projectCards: 'archivedStates',
  projectItems: 'includeArchived',
  pullRequests: 'baseRefName headRefName labels orderBy states',
  refs: 'refPrefix! direction orderBy query',
  releases: 'orderBy',
  repositories: 'affiliations hasIssuesEnabled isArchived isFork isLocked orderBy ownerAffiliations privacy visibility',
  repositoryTopics: '',
  reviewRequests: '',
  reviews: 'author states',
  subIssues: ''
}

/** What other fields take, by type and field. */
const others: Record<string, string> = {
  'CheckRun.isRequired': 'pullRequestId pullRequestNumber',
  'Issue.stateReason': 'enableDuplicate',
  'Mutation.addComment': 'input!',
  'Mutation.createIssue': 'input!',
  'Mutation.createPullRequest': 'input!',
  'Query.__type': 'name!',
  'Query.node': 'id!',
  'Query.rateLimit': 'dryRun',
  'Query.repository': 'owner! name! followRenames',
  'Query.repositoryOwner': 'login!',
  'Repository.issue': 'number!',
  'Repository.issueOrPullRequest': 'number!',
  'Repository.mergeQueue': 'branch',
  'Repository.object': 'expression oid',
  'Repository.pullRequest': 'number!',
  'User.repository': 'name! followRenames',
  'Organization.repository': 'name! followRenames',
  '__Type.fields': 'includeDeprecated'
}

function argumentsOf(type: string, name: string): string[] {
  const list = lists[name]
  return (list === undefined ? (others[`${type}.${name}`] ?? '') : `${list} ${ofLists}`).split(' ').filter(Boolean)
}

/** Refuses unknown arguments and the lack of required ones, in the words of graphql-ruby, which GitHub runs. */
export function checkArguments(type: string, field: FieldNode): void {
  const name = field.name.value
  const known = argumentsOf(type, name)
  const names = new Set(known.map((one) => one.replace('!', '')))
  const given = (field.arguments ?? []).map((one) => one.name.value)
  for (const argumentName of given) {
    if (names.has(argumentName)) continue
    throw new GraphQLError(`Field '${name}' doesn't accept argument '${argumentName}'`, {
      nodes: field,
      extensions: { code: 'argumentNotAccepted', name, typeName: 'Field', argumentName }
    })
  }
  const missing = known.filter((one) => one.endsWith('!') && !given.includes(one.slice(0, -1)))
  if (missing.length === 0) return
  const list = missing.map((one) => one.slice(0, -1)).join(', ')
  throw new GraphQLError(`Field '${name}' is missing required arguments: ${list}`, {
    nodes: field,
    extensions: { code: 'missingRequiredArguments', className: 'Field', name, arguments: list }
  })
}
