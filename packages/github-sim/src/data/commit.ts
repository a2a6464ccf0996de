import type { Commit, Repository } from '../model.ts'
import { type Links, nodeId } from './links.ts'
import { simpleUser } from './user.ts'

/** The commit that a branch, tag, `HEAD`, full or short sha names. */
export function commitAt(repository: Repository, ref: string): Commit | undefined {
  const short = ref.replace(/^(refs\/)?(heads|tags)\//, '')
  const named = [...repository.branches, ...repository.tags].find((b) => b.name === short)
  const sha = short === 'HEAD' ? repository.commits[0]?.sha : (named?.sha ?? short)
  if (sha === undefined || sha.length < 7) return undefined
  return repository.commits.find((c) => c.sha.startsWith(sha))
}

const unsigned = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null }

export const emailOf = ({ author }: Commit) => `${author.login}@users.noreply.github.com`

const person = (commit: Commit) => ({
  name: commit.author.name,
  email: emailOf(commit),
  date: commit.date
})

/** `GET .../git/commits/{sha}`. */
export function gitCommitJson(commit: Commit, fullName: string, { api, web }: Links) {
  const git = `${api}/repos/${fullName}/git`
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    url: `${git}/commits/${commit.sha}`,
    html_url: `${web}/${fullName}/commit/${commit.sha}`,
    author: person(commit),
    committer: person(commit),
    tree: { sha: commit.tree, url: `${git}/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${git}/commits/${sha}`,
      html_url: `${web}/${fullName}/commit/${sha}`
    })),
    verification: unsigned
  }
}

/** An element of `GET .../commits`. */
export function commitJson(commit: Commit, fullName: string, links: Links) {
  const { api, web } = links
  const url = `${api}/repos/${fullName}/commits/${commit.sha}`
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    commit: {
      author: person(commit),
      committer: person(commit),
      message: commit.message,
      tree: { sha: commit.tree, url: `${api}/repos/${fullName}/git/trees/${commit.tree}` },
      url: `${api}/repos/${fullName}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: unsigned
    },
    url,
    html_url: `${web}/${fullName}/commit/${commit.sha}`,
    comments_url: `${url}/comments`,
    author: simpleUser(commit.author, links),
    committer: simpleUser(commit.author, links),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/repos/${fullName}/commits/${sha}`,
      html_url: `${web}/${fullName}/commit/${sha}`
    }))
  }
}

/** The file a commit or pull request changed. */
export function changedFile(change: Commit['change'], ref: string, fullName: string, { api, web }: Links) {
  const { path, additions, deletions, blob } = change
  const lines = [...Array(deletions).fill('-old line'), ...Array(additions).fill('+new line')]
  return {
    sha: blob,
    filename: path,
    status: deletions === 0 ? 'added' : 'modified',
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: `${web}/${fullName}/blob/${ref}/${path}`,
    raw_url: `${web}/${fullName}/raw/${ref}/${path}`,
    contents_url: `${api}/repos/${fullName}/contents/${path}?ref=${ref}`,
    patch: `@@ -1,${deletions} +1,${additions} @@\n${lines.join('\n')}`
  }
}

/** `GET .../commits/{ref}`. */
export function fullCommitJson(commit: Commit, fullName: string, links: Links) {
  const { additions, deletions } = commit.change
  return {
    ...commitJson(commit, fullName, links),
    stats: { total: additions + deletions, additions, deletions },
    files: [changedFile(commit.change, commit.sha, fullName, links)]
  }
}
