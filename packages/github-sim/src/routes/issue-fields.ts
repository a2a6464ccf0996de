import { bodyOf, namesOf, type RepositoryAsk } from '../ask.ts'
import type { Issue } from '../model.ts'
import { invalid, invalidValue, type Reply } from '../reply.ts'
import { iso } from '../time.ts'
import { includes } from '../visibility.ts'

export function touch(ask: RepositoryAsk, issue: Issue): void {
  issue.updatedAt = iso(ask.now)
}

/** Labels that do not exist are made, as GitHub does for those who may. */
export function ensureLabels(ask: RepositoryAsk, names: string[]): void {
  const { repository, world } = ask
  for (const name of names) {
    if (repository.labels.some((l) => l.name === name)) continue
    repository.labels.push({ id: world.nextId(), name, color: 'ededed', description: null })
  }
}

/**
 * The refusal of fields that an issue cannot have, before anything is changed: https://docs.github.com/rest/issues/issues. That of an
 * unknown milestone is recorded in https://github.com/golang/go/issues/25024, that of a missing title in
 * https://github.com/google/go-github/issues/296, that of an unknown assignee in
 * https://github.com/trstringer/manual-approval/issues/141.
 */
export function refusedFields(ask: RepositoryAsk): Reply | undefined {
  const { title, milestone, assignees } = bodyOf(ask)
  if (title === '') return invalid('Issue', 'title', 'missing_field')
  // What only some may set is dropped for the others, whatever it is.
  if (!includes(ask.role, 'triage')) return undefined
  if (milestone !== undefined && milestone !== null) {
    const known = ask.repository.milestones.some(({ number }) => String(number) === String(milestone))
    if (!known) return invalidValue('Issue', 'milestone', milestone)
  }
  const unknown = namesOf(assignees).filter((login) => !ask.world.account(login))
  return unknown.length > 0 ? invalidValue('Issue', 'assignees', unknown) : undefined
}

/** Opens or closes an issue, which is something that only an edit can do. */
export function applyState(ask: RepositoryAsk, issue: Issue): void {
  const { state, state_reason } = bodyOf(ask)
  if (state !== 'open' && state !== 'closed') return
  issue.stateReason =
    state === 'closed' ? String(state_reason ?? 'completed') : issue.state === 'closed' ? 'reopened' : null
  issue.closedAt = state === 'closed' ? iso(ask.now) : null
  issue.state = state
}

export function applyFields(ask: RepositoryAsk, issue: Issue): void {
  const { title, body, labels, assignees, milestone } = bodyOf(ask)
  if (typeof title === 'string' || typeof title === 'number') issue.title = String(title)
  if (typeof body === 'string' || body === null) issue.body = body
  if (includes(ask.role, 'triage')) {
    if (labels !== undefined) {
      issue.labels = namesOf(labels)
      ensureLabels(ask, issue.labels)
    }
    if (Array.isArray(assignees)) {
      issue.assignees = namesOf(assignees).flatMap((login) => ask.world.account(login) ?? [])
    }
    if (milestone !== undefined) issue.milestone = milestone === null ? null : Number(milestone)
  }
  touch(ask, issue)
}
