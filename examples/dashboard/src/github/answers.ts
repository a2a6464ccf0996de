/** The parts of GitHub's answers that the dashboard shows. */
export interface Person {
  login: string
}

export interface Team {
  id: number
  name: string
}

/** One that the viewer is in. */
export interface OwnTeam extends Team {
  /** Whose members the members of this one are, too. */
  parent?: Team | null
}

export interface Label {
  name: string
  /** Six hex digits. */
  color: string
}

export interface PullRequest {
  number: number
  title: string
  html_url: string
  draft: boolean
  created_at: string
  updated_at: string
  user: Person | null
  assignees: Person[] | null
  requested_reviewers: Person[] | null
  requested_teams: Team[] | null
  labels: Label[]
  head: { sha: string }
}

export interface Issue {
  number: number
  title: string
  html_url: string
  updated_at: string
  comments: number
  user: Person | null
  assignees: Person[] | null
  labels: Label[]
  /** GitHub lists pull requests among the issues. */
  pull_request?: object
}

export interface Release {
  tag_name: string
  name: string | null
  html_url: string
  prerelease: boolean
  published_at: string | null
  author: Person | null
}

/** One of a list of repositories. */
export interface RepositoryFacts {
  full_name: string
  archived: boolean
}

export interface HeadCommit {
  sha: string
  commit: { committer: { date: string } | null }
}

export type Conclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'action_required'
  | 'startup_failure'
  | 'stale'

export interface WorkflowRun {
  id: number
  workflow_id: number
  name: string | null
  display_title: string
  html_url: string
  head_branch: string | null
  head_sha: string
  event: string
  status: string | null
  conclusion: Conclusion | null
  updated_at: string
}

export interface CheckRun {
  name: string
  status: string | null
  conclusion: Conclusion | null
}
