import type { Repository } from '../model.ts'
import type { Role } from '../tokens.ts'
import { permissionsOf } from '../visibility.ts'
import { globalId } from './global-id.ts'
import { simpleLicense } from './license.ts'
import type { Links } from './links.ts'
import { repositoryUrls } from './repository-urls.ts'
import { simpleUser } from './user.ts'

/** The form that other objects embed. */
export function simpleRepository(r: Repository, links: Links) {
  return {
    id: r.id,
    node_id: globalId('Repository', r.id),
    name: r.name,
    full_name: r.fullName,
    private: r.visibility !== 'public',
    owner: simpleUser(r.owner, links),
    html_url: `${links.web}/${r.fullName}`,
    description: r.description,
    fork: false,
    ...repositoryUrls(r.fullName, links)
  }
}

/** An element of a list of repositories. `role` undefined: no `permissions`, as for anonymous callers. */
export function repositoryJson(r: Repository, links: Links, role: Role | undefined) {
  const open = [...r.issues.values()].filter((i) => i.state === 'open').length
  const size = [...r.files.values()].reduce((n, f) => n + f.length, 0)
  return {
    ...simpleRepository(r, links),
    created_at: r.createdAt,
    updated_at: r.updatedAt,
    pushed_at: r.pushedAt,
    git_url: `git://github.com/${r.fullName}.git`,
    ssh_url: `git@github.com:${r.fullName}.git`,
    clone_url: `${links.web}/${r.fullName}.git`,
    svn_url: `${links.web}/${r.fullName}`,
    homepage: r.homepage,
    size: Math.ceil(size / 1024),
    stargazers_count: r.stars,
    watchers_count: r.stars,
    language: r.language,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    forks_count: r.forks,
    mirror_url: null,
    archived: r.archived,
    disabled: false,
    open_issues_count: open,
    license: simpleLicense(r.license, links),
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: r.topics,
    visibility: r.visibility,
    forks: r.forks,
    open_issues: open,
    watchers: r.stars,
    default_branch: r.defaultBranch,
    ...(role && { permissions: permissionsOf(role) }),
    ...r.overrides
  }
}

/** What `GET /repos/{owner}/{repo}` adds for this caller. */
export interface RepositoryView {
  /** Undefined for anonymous callers and when permissions are switched off. */
  role: Role | undefined
  signedIn: boolean
  /** A token with which this caller could clone; `''` for public repositories. */
  cloneToken: string
}

/** `GET /repos/{owner}/{repo}`. */
export function fullRepositoryJson(r: Repository, links: Links, view: RepositoryView) {
  return {
    ...repositoryJson(r, links, view.role),
    ...(view.signedIn && { temp_clone_token: view.cloneToken }),
    ...(view.role === 'admin' && {
      allow_squash_merge: true,
      allow_merge_commit: true,
      allow_rebase_merge: true,
      allow_auto_merge: false,
      delete_branch_on_merge: false,
      allow_update_branch: false
    }),
    ...(r.owner.type === 'Organization' && { organization: simpleUser(r.owner, links) }),
    network_count: r.forks,
    subscribers_count: r.subscribers,
    ...r.overrides
  }
}
