import type { Links } from './data/links.ts'
import { newCommit, toBytes } from './data/new-repository.ts'
import { fullRepositoryJson } from './data/repository.ts'
import { controlIssues, missingIn } from './issue-control.ts'
import type { Repository } from './model.ts'
import { controlPulls } from './pull-control.ts'
import type { RepositoryControl } from './repository-controls.ts'
import { controlRuns } from './run-control.ts'
import { iso } from './time.ts'
import type { World } from './world.ts'

/** JSON fields that the simulator keeps as data; all others are only shown. */
const dataFields: Record<string, keyof Repository> = {
  description: 'description',
  homepage: 'homepage',
  language: 'language',
  topics: 'topics',
  archived: 'archived',
  stargazers_count: 'stars',
  forks_count: 'forks',
  subscribers_count: 'subscribers'
}

/** The controls of one repository. */
export function controlRepository(
  repository: Repository,
  world: World,
  links: Links,
  now: () => number
): RepositoryControl {
  const missing = missingIn(repository)
  const touch = () => {
    repository.updatedAt = iso(now())
  }

  function commit(message: string): string {
    const made = newCommit(repository.files, repository.commits[0]?.sha, repository.owner, message, now())
    repository.commits.unshift(made)
    for (const b of repository.branches) if (b.name === repository.defaultBranch) b.sha = made.sha
    repository.pushedAt = iso(now())
    touch()
    return made.sha
  }

  const control: RepositoryControl = {
    id: repository.id,
    get fullName() {
      return repository.fullName
    },
    get issueNumbers() {
      return [...repository.issues.keys()]
    },
    update(fields, { keepEtag = false } = {}) {
      const view = { role: undefined, signedIn: false, cloneToken: '' }
      const before: Record<string, unknown> = fullRepositoryJson(repository, links, view)
      for (const [name, value] of Object.entries(fields)) {
        if (!keepEtag) delete repository.etagSees[name]
        else if (!(name in repository.etagSees)) repository.etagSees[name] = before[name]
        const kept = dataFields[name]
        if (kept) Object.assign(repository, { [kept]: value })
        else repository.overrides[name] = value
      }
      if (!keepEtag) touch()
    },
    rename(name) {
      world.rename(repository, name)
      touch()
    },
    setVisibility(visibility) {
      repository.visibility = visibility
      touch()
    },
    remove() {
      world.repositories.delete(repository.id)
    },
    ...controlIssues(repository, world, now),
    ...controlPulls(repository, world, now),
    setFile(path, content) {
      const message = `${repository.files.has(path) ? 'Update' : 'Create'} ${path}`
      repository.files.set(path, toBytes(content))
      return commit(message)
    },
    removeFile(path) {
      if (!repository.files.delete(path)) throw missing(`file ${path}`)
      return commit(`Delete ${path}`)
    },
    ...controlRuns(repository, world, now),
    editRelease(tag, fields) {
      const release = repository.releases.find((one) => one.tag === tag)
      if (!release) throw missing(`release ${tag}`)
      Object.assign(release, fields)
    },
    addDownloads(count = 1) {
      const asset = repository.releases[0]?.assets[0]
      if (!asset) throw missing('release asset')
      asset.downloads += count
    }
  }
  return control
}
