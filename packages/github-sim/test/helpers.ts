import { type GitHub, type GitHubOptions, startGitHub } from '../src/index.ts'

export const alice = 'token sim-token-alice'
export const bob = 'token sim-token-bob'
export const hello = '/repos/octocat/Hello-World'
export const secret = '/repos/octocat/secret-plans'

/** Starts a simulator before each test of a suite and stops it after. */
export function withGitHub(options: GitHubOptions = {}) {
  let github: GitHub
  beforeEach(async () => {
    github = await startGitHub(options)
  })
  afterEach(() => github.stop())
  return {
    get github() {
      return github
    },
    /** A GET, or what `init` says, that follows no redirect; `as` is the Authorization header. */
    get(path: string, as?: string, headers: Record<string, string> = {}, init: RequestInit = {}) {
      return fetch(github.url + path, {
        redirect: 'manual',
        ...init,
        headers: { 'user-agent': 'spec', ...(as !== undefined && { authorization: as }), ...headers }
      })
    },
    async json(path: string, as?: string) {
      const response = await this.get(path, as)
      // biome-ignore lint/suspicious/noExplicitAny: specs read any field
      return (await response.json()) as any
    },
    send(method: string, path: string, as: string | undefined, body?: unknown) {
      return this.get(path, as, {}, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
    }
  }
}

/** An ETag without `W/` and quotes. */
export function bare(response: Response): string {
  return (response.headers.get('etag') ?? '').replace(/^W\//, '').replaceAll('"', '')
}
