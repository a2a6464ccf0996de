import type { Files } from './git.ts'

/** Who can see a repository; `internal` is everybody with a token. */
export type Visibility = 'public' | 'private' | 'internal'

/** A user or an organization. */
export interface Account {
  id: number
  login: string
  type: 'User' | 'Organization'
  name: string
  company: string | null
  blog: string
  location: string | null
  email: string | null
  bio: string | null
  followers: number
  following: number
  createdAt: string
  updatedAt: string
  /** Logins of an organization's members; empty for a user. */
  members: Set<string>
}

/** A team of an organization. */
export interface Team {
  id: number
  name: string
  slug: string
  organization: Account
  /** Logins. */
  members: Set<string>
}

export interface Label {
  id: number
  name: string
  color: string
  description: string | null
}

export interface Milestone {
  id: number
  number: number
  title: string
  description: string
  state: 'open' | 'closed'
  createdAt: string
  dueOn: string | null
}

export interface Comment {
  id: number
  user: Account
  body: string
  createdAt: string
  updatedAt: string
}

export interface Commit {
  sha: string
  tree: string
  parents: string[]
  author: Account
  message: string
  date: string
  /** Path of the file it touched, and how many lines it added and removed. */
  change: { path: string; additions: number; deletions: number; blob: string }
}

export interface Review {
  id: number
  user: Account
  body: string
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED'
  submittedAt: string
}

/** What a pull request has beyond its issue. */
export interface Pull {
  id: number
  headRef: string
  headSha: string
  baseSha: string
  draft: boolean
  mergedAt: string | null
  changes: Commit['change'][]
  reviews: Review[]
  /** Those who were asked for a review and have not given one; default none. */
  requestedReviewers?: Account[]
  requestedTeams?: Team[]
  /** Default true; null: GitHub has not found out yet. */
  mergeable?: boolean | null
}

/** Of `visibility`: https://docs.github.com/rest/orgs/issue-fields, where `organization_members_only` is the default. */
interface IssueFieldValue {
  id: number
  name: string
  value: string | number
  visibility: 'organization_members_only' | 'all'
}

/** An issue, or a pull request when `pull` is set. */
export interface Issue {
  id: number
  number: number
  title: string
  body: string | null
  user: Account
  state: 'open' | 'closed'
  stateReason: string | null
  /** Names of labels. */
  labels: string[]
  assignees: Account[]
  milestone: number | null
  locked: boolean
  createdAt: string
  updatedAt: string
  closedAt: string | null
  comments: Comment[]
  /** Values of the fields of the owning organization. */
  fieldValues?: IssueFieldValue[]
  /** The issue that this one is a sub-issue of. */
  parent?: { repositoryId: number; number: number }
  /** Issues elsewhere that mention this one. */
  references?: { repositoryId: number; number: number; createdAt: string }[]
  pull?: Pull
}

/** A release of a repository, as `editRelease` changes it. Times are ISO 8601. */
export interface Release {
  id: number
  tag: string
  name: string
  body: string
  draft: boolean
  prerelease: boolean
  author: Account
  createdAt: string
  publishedAt: string
  assets: { id: number; name: string; size: number; downloads: number }[]
}

/** A workflow run with one job. */
export interface Run {
  id: number
  number: number
  sha: string
  title: string
  actor: Account
  event: 'push' | 'pull_request'
  status: 'queued' | 'in_progress' | 'completed'
  conclusion: 'success' | 'failure' | null
  createdAt: string
  updatedAt: string
}

export interface Status {
  id: number
  sha: string
  state: 'success' | 'failure' | 'pending'
  context: string
  creator: Account
  createdAt: string
}

export interface Deployment {
  id: number
  sha: string
  environment: string
  /** What the deployer sent along, any JSON. */
  payload: unknown
  creator: Account
  createdAt: string
  /** The last status; default none. */
  status?: { state: DeploymentState; createdAt: string }
}

/** https://docs.github.com/graphql/reference/enums#deploymentstatusstate, in the small letters of REST. */
export type DeploymentState =
  | 'error'
  | 'failure'
  | 'in_progress'
  | 'inactive'
  | 'pending'
  | 'queued'
  | 'success'
  | 'waiting'

/** A repository and everything in it. */
export interface Repository {
  id: number
  owner: Account
  name: string
  fullName: string
  visibility: Visibility
  description: string | null
  homepage: string | null
  language: string | null
  license: string | null
  topics: string[]
  defaultBranch: string
  archived: boolean
  stars: number
  forks: number
  subscribers: number
  createdAt: string
  updatedAt: string
  pushedAt: string
  labels: Label[]
  milestones: Milestone[]
  /** The highest number an issue or pull request ever had. */
  lastNumber: number
  /** By number, oldest first. */
  issues: Map<number, Issue>
  /** Of the default branch, newest first. */
  commits: Commit[]
  branches: { name: string; sha: string; protected: boolean }[]
  tags: { name: string; sha: string }[]
  /** Of the default branch's newest commit. */
  files: Files
  languages: Record<string, number>
  releases: Release[]
  runs: Run[]
  statuses: Status[]
  /** Newest first. */
  deployments: Deployment[]
  /** Fields that replace those of the JSON, by test control. */
  overrides: Record<string, unknown>
  /** Fields as the ETag still sees them: values that changed without changing the ETag. */
  etagSees: Record<string, unknown>
}
