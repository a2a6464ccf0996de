/** The parts of GitHub's answers that the dashboard shows. */
interface Person {
  login: string
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
  updated_at: string
  user: Person | null
  head: { sha: string }
}

export interface Issue {
  number: number
  title: string
  html_url: string
  updated_at: string
  comments: number
  user: Person | null
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
  name: string | null
  display_title: string
  html_url: string
  head_branch: string | null
  head_sha: string
  event: string
  status: string
  conclusion: Conclusion | null
  updated_at: string
}

export interface CheckRun {
  name: string
  status: string
  conclusion: Conclusion | null
}
