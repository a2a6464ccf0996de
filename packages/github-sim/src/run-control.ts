import { missingIn } from './issue-control.ts'
import type { Repository } from './model.ts'
import type { RepositoryControl } from './repository-controls.ts'
import { iso } from './time.ts'
import type { World } from './world.ts'

/** The controls of a repository's workflow runs and deployments. */
export function controlRuns(
  repository: Repository,
  world: World,
  now: () => number
): Pick<RepositoryControl, 'addRun' | 'editRun' | 'addDeployment'> {
  const missing = missingIn(repository)
  return {
    addRun({ status = 'queued', conclusion = null, event = 'push' } = {}) {
      const head = repository.commits[0]
      if (!head) throw missing('commit')
      const number = Math.max(0, ...repository.runs.map((r) => r.number)) + 1
      const at = iso(now())
      const id = world.nextId() * 10
      const { sha, message: title, author: actor } = head
      repository.runs.unshift({
        id,
        number,
        sha,
        title,
        actor,
        event,
        status,
        conclusion,
        createdAt: at,
        updatedAt: at
      })
      return id
    },
    editRun(id, fields) {
      const run = repository.runs.find((r) => r.id === id)
      if (!run) throw missing(`run ${id}`)
      Object.assign(run, fields, { updatedAt: iso(now()) })
    },
    addDeployment({ environment = 'production', state = 'success', createdAt = iso(now()) } = {}) {
      const head = repository.commits[0]
      if (!head) throw missing('commit')
      const id = world.nextId()
      repository.deployments.unshift({
        ...{ id, sha: head.sha, environment, payload: {}, creator: repository.owner, createdAt },
        ...(state && { status: { state, createdAt } })
      })
      return id
    }
  }
}
