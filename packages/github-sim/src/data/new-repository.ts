import { blobSha, commitSha, type Files, treeSha } from '../git.ts'
import type { Account, Commit, Repository, Visibility } from '../model.ts'
import { between, hex, pick } from '../seed.ts'
import { changeTitle } from '../text.ts'
import { dataTime, dayMs, hourMs, iso } from '../time.ts'
import { rawNumber } from './links.ts'
import { type Seed, seedIssue, seedPull } from './new-issue.ts'

/** A repository to make. Everything but the name is optional and made up from the seed. */
export interface RepositoryOptions {
  /** `owner/name`. The owner is made when it does not exist, as a user unless listed under `organizations`. */
  fullName: string
  /** Default `public`. */
  visibility?: Visibility
  description?: string
  topics?: string[]
  /** How many issues, open and closed. Default 12. */
  issues?: number
  /** How many pull requests. Default 3. */
  pulls?: number
  /** How many commits, at least 1. Default 8. */
  commits?: number
  /** Text or bytes by path. Default: a README, a license and a few sources. */
  files?: Record<string, string | Uint8Array>
}

const labels = [
  { name: 'bug', color: 'd73a4a', description: "Something isn't working" },
  { name: 'documentation', color: '0075ca', description: 'Improvements or additions to documentation' },
  { name: 'enhancement', color: 'a2eeef', description: 'New feature or request' },
  { name: 'good first issue', color: '7057ff', description: 'Good for newcomers' },
  { name: 'question', color: 'd876e3', description: 'Further information is requested' }
]

const defaultFiles = (name: string) => ({
  'README.md': `# ${name}\n\nA small project with a friendly README.\n\n- "quotes", \`code\` and an emoji: \u{1f419}\n`,
  LICENSE: 'MIT License\n\nCopyright (c) 2026 The authors (sample text)\n',
  'package.json': `${JSON.stringify({ name: name.toLowerCase(), version: '1.2.0', type: 'module' }, null, 2)}\n`,
  'src/index.js': 'export const hello = (name) => ["Hello", name].join(" ")\n',
  'src/lib/retry.js': 'export async function retry(times, f) {\n  return f(times)\n}\n',
  '.gitignore': 'node_modules\ndist\n'
})

export function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
}

/** A commit on top of the newest one, for the files as they are. */
export function newCommit(files: Files, parent: string | undefined, author: Account, message: string, at: number) {
  const path = [...files.keys()][0] ?? 'README.md'
  const tree = treeSha(files)
  const parents = parent === undefined ? [] : [parent]
  const who = `${author.name} <${author.login}@users.noreply.github.com>`
  const commit: Commit = {
    sha: commitSha(tree, parents, who, Math.floor(at / 1000), message),
    tree,
    parents,
    author,
    message,
    date: iso(at),
    change: { path, additions: 3, deletions: 1, blob: blobSha(files.get(path) ?? new Uint8Array()) }
  }
  return commit
}

export function newRepository(id: number, owner: Account, options: RepositoryOptions, seed: Seed): Repository {
  const { random, nextId, people } = seed
  const name = options.fullName.slice(options.fullName.indexOf('/') + 1)
  const given: Record<string, string | Uint8Array> = options.files ?? defaultFiles(name)
  const files: Files = new Map(Object.entries(given).map(([path, content]) => [path, toBytes(content)]))
  const count = Math.max(1, options.commits ?? 8)
  const commits: Commit[] = []
  for (let n = 0; n < count; n++) {
    const message = n === 0 ? 'Initial commit' : changeTitle(random)
    commits.unshift(
      newCommit(files, commits[0]?.sha, pick(random, people), message, dataTime - (count - n) * 5 * hourMs)
    )
  }
  const head = (commits[0] as Commit).sha
  const first = (commits.at(-1) as Commit).sha
  const repository: Repository = {
    id,
    owner,
    name,
    fullName: `${owner.login}/${name}`,
    visibility: options.visibility ?? 'public',
    description: options.description ?? `The ${name} project`,
    homepage: null,
    language: 'JavaScript',
    license: 'mit',
    topics: options.topics ?? ['sample', 'octocat'],
    defaultBranch: 'main',
    archived: false,
    stars: between(random, 5, 3000),
    forks: between(random, 1, 400),
    subscribers: between(random, 1, 90),
    createdAt: iso(dataTime - between(random, 400, 4000) * dayMs),
    updatedAt: iso(dataTime),
    pushedAt: iso(dataTime - 2 * hourMs),
    labels: labels.map((label) => ({ id: nextId(), ...label })),
    milestones: [
      {
        id: nextId(),
        number: 1,
        title: 'v2.0',
        description: 'The next big one',
        state: 'open',
        createdAt: iso(dataTime - 60 * dayMs),
        dueOn: null
      }
    ],
    lastNumber: 0,
    issues: new Map(),
    commits,
    branches: [
      { name: 'main', sha: head, protected: true },
      { name: 'next', sha: head, protected: false }
    ],
    tags: [
      { name: 'v1.1.0', sha: head },
      { name: 'v1.0.0', sha: first }
    ],
    files,
    languages: { JavaScript: between(random, 9000, 90000), CSS: between(random, 100, 900) },
    releases: [],
    runs: [],
    statuses: [],
    deployments: [],
    overrides: {},
    etagSees: {}
  }
  for (let n = 0; n < (options.issues ?? 12); n++) seedIssue(repository, seed)
  for (let n = 0; n < (options.pulls ?? 3); n++) seedPull(repository, seed)
  seedAutomation(repository, seed)
  return repository
}

/** Releases, workflow runs, statuses and a deployment. */
function seedAutomation(repository: Repository, { random, nextId, people }: Seed): void {
  const actor = pick(random, people)
  for (const { name } of repository.tags) {
    const createdAt = iso(dataTime - (name === 'v1.1.0' ? 10 : 50) * dayMs)
    repository.releases.push({
      id: nextId(),
      tag: name,
      name,
      body: '## Changes\r\n\r\n- Better errors\r\n',
      draft: false,
      prerelease: false,
      author: actor,
      createdAt,
      publishedAt: createdAt,
      assets: [{ id: nextId(), name: `${repository.name}.tar.gz`, size: 20480, downloads: between(random, 10, 5000) }]
    })
  }
  for (const [i, commit] of repository.commits.slice(0, 5).entries()) {
    const conclusion = i === 2 ? 'failure' : 'success'
    const creator = commit.author
    repository.runs.push({
      id: nextId() * 10,
      number: 5 - i,
      sha: commit.sha,
      title: commit.message,
      actor: creator,
      event: 'push',
      status: 'completed',
      conclusion,
      createdAt: commit.date,
      updatedAt: iso(Date.parse(commit.date) + 95_000)
    })
    repository.statuses.push({
      id: nextId(),
      sha: commit.sha,
      state: conclusion,
      context: 'ci/build',
      creator,
      createdAt: commit.date
    })
  }
  repository.deployments.push({
    id: nextId(),
    sha: repository.commits[0]?.sha ?? hex(random, 40),
    environment: 'production',
    // Above 2^53, and with a fraction that JSON.stringify would drop: what careless clients break.
    payload: { build: rawNumber('9007199254740993'), ratio: rawNumber('1.0') },
    creator: actor,
    createdAt: iso(dataTime - 3 * hourMs),
    status: { state: 'success', createdAt: iso(dataTime - 3 * hourMs) }
  })
}
