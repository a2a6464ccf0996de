import type { DeploymentState, Release, Review, Run, Visibility } from './model.ts'

/** What a test may say about an issue. */
export interface IssueFields {
  title?: string
  body?: string | null
  state?: 'open' | 'closed'
  /** Names; labels that do not exist are made. */
  labels?: string[]
  /**
   * Values of the fields of the owning organization; the owner must be one. Default visibility: `organization_members_only`, as on
   * GitHub (https://docs.github.com/rest/orgs/issue-fields).
   */
  fieldValues?: { name: string; value: string | number; visibility?: 'organization_members_only' | 'all' }[]
  /** The issue that this one is a sub-issue of; its URL shows to those who can read it. */
  parent?: { repository: string; number: number }
  /** Login of the author; used by `addIssue` only. Default: the repository's owner. */
  user?: string
}

/** What a test may say about a pull request. */
export interface PullFields {
  title?: string
  body?: string | null
  /** Its branch; default `patch-` and the number. */
  headRef?: string
  /** Login of the author; used by `addPull` only. Default: the repository's owner. */
  user?: string
  draft?: boolean
  /** Logins. */
  requestedReviewers?: string[]
  /** Slugs of the owner's teams. */
  requestedTeams?: string[]
  /** Replaces all reviews, the oldest first. */
  reviews?: { user: string; state: Review['state'] }[]
  /** False: it conflicts with its base; null: GitHub has not found out yet. */
  mergeable?: boolean | null
  /** Lines of its one changed file. */
  size?: { additions: number; deletions: number }
  /** The last commit of its branch. */
  headSha?: string
  /** ISO 8601; default: now. */
  createdAt?: string
  updatedAt?: string
}

/** The controls of a repository's pull requests. */
export interface PullControl {
  /** Adds an open pull request and returns its number. */
  addPull(fields?: PullFields): number
  /** Changes fields of a pull request; the others stay. */
  editPull(number: number, fields: PullFields): void
  /** The last commit of a pull request's branch. */
  headOf(number: number): string
}

/** Changes a repository from inside the test, past permissions, quota and log. */
export interface RepositoryControl extends PullControl {
  readonly id: number
  readonly fullName: string
  /** Numbers of all issues and pull requests, lowest first. */
  readonly issueNumbers: number[]
  /**
   * Sets fields of the repository's JSON, such as `{ description: 'new', stargazers_count: 7 }`. With `keepEtag` the ETag
   * and `Last-Modified` stay as they were, so clients keep getting 304: fields that GitHub's ETag misses.
   */
  update(fields: Record<string, unknown>, options?: { keepEtag?: boolean }): void
  /** The old name redirects (301) from then on. */
  rename(name: string): void
  /** Who can see it from then on. */
  setVisibility(visibility: Visibility): void
  /** Deletes the repository: 404 from then on. */
  remove(): void
  /** Replaces all issues and pull requests by exactly this many open issues, numbers 1 to `count`. */
  setIssues(count: number): void
  /** Adds an issue and returns its number. */
  addIssue(fields?: IssueFields): number
  /** Changes fields of an issue; the others stay. */
  editIssue(number: number, fields: IssueFields): void
  /** Deletes an issue or pull request: 404 from then on. */
  removeIssue(number: number): void
  /** Adds a comment and returns its id. */
  addComment(number: number, fields?: { body?: string; user?: string }): number
  /** Changes the text of a comment. */
  editComment(id: number, body: string): void
  /** Deletes a comment: 404 from then on. */
  removeComment(id: number): void
  /** An issue of another repository mentions this one: its timeline shows that to those who can read the other repository. */
  addReference(number: number, from: { repository: string; number: number }): void
  /** Writes a file in a new commit on the default branch and returns the commit's sha. */
  setFile(path: string, content: string | Uint8Array): string
  /** Removes a file in a new commit and returns the commit's sha. */
  removeFile(path: string): string
  /** Adds a workflow run of the newest commit and returns its id. Default: queued. */
  addRun(fields?: Partial<Pick<Run, 'status' | 'conclusion' | 'event'>>): number
  /** Moves a workflow run on. */
  editRun(id: number, fields: Partial<Pick<Run, 'status' | 'conclusion'>>): void
  /**
   * Adds a deployment of the newest commit and returns its id. `state` is that of its last status, null if it has none;
   * default `success`. `createdAt`: ISO 8601, of both; default now. Default environment: `production`.
   */
  addDeployment(fields?: { environment?: string; state?: DeploymentState | null; createdAt?: string }): number
  /** Changes a release; the others and the other fields stay. A draft shows to those only who may push. */
  editRelease(tag: string, fields: Partial<Pick<Release, 'name' | 'body' | 'draft' | 'prerelease'>>): void
  /** Counts downloads of the newest release's first asset. Default 1. */
  addDownloads(count?: number): void
}
