import { githubIssue } from 'ghmesh'
import { apiUrl } from '../environment.ts'
import { messageOf } from '../errors.ts'
import { type Finding, failure, ok, warning } from './check.ts'
import type { Answer, GitHub } from './github.ts'

export interface RegistryOptions {
  github: GitHub
  repository: string
  secret: string
  token: string | undefined
}

const another = 'set GITHUB_REPOSITORY to another repository, the same on every machine'

/** Whether the registry issue, in which members find each other, can be read and written. */
export async function checkRegistry({ github, repository, secret, token }: RegistryOptions): Promise<Finding> {
  const answer = await github.get(`/repos/${repository}`)
  const { status, json } = answer
  if (status === 404) {
    return failure(
      `${repository} does not exist, or this token cannot see it`,
      'is GITHUB_REPOSITORY spelt correctly? A private repository needs a token that can read it'
    )
  }
  if (status !== 200) return failure(`GitHub answered ${status} for ${repository}`, another)
  if (json?.has_issues === false) return failure(`${repository} has no issues`, another)
  if (json?.archived === true) return failure(`${repository} is archived, so nobody can register there`, another)
  const live = new Set<string>()
  // Without `announce` it only reads.
  const registry = githubIssue({ repository, secret, apiUrl: apiUrl(), token: () => token, fetch: github.fetch })
  try {
    await registry.start(({ peerId }) => live.add(peerId))
  } catch (error) {
    return failure(messageOf(error), 'the token needs permission to read issues there')
  } finally {
    await registry.stop()
  }
  const has = `it has ${live.size} live ${live.size === 1 ? 'entry' : 'entries'} of this group`
  return mayWrite(answer, token !== undefined, repository, has)
}

/** From what GitHub says about the token. A member that cannot write finds others, but others cannot find it. */
function mayWrite({ headers, json }: Answer, signedIn: boolean, repository: string, has: string): Finding {
  const said = `${repository} can be read; ${has}`
  const unfound = 'this machine finds members there but cannot register, so nobody finds it'
  if (!signedIn) return warning(`${said}; without a token ${unfound}`, 'log in with "gh auth login", or set GH_TOKEN')
  const scopes = headers.get('x-oauth-scopes')?.split(/,\s*/)
  if (!scopes) return ok(`${said}; for this kind of token, only a write shows whether it is allowed to write`)
  const needed = json?.private === false ? ['repo', 'public_repo'] : ['repo']
  if (needed.some((scope) => scopes.includes(scope))) return ok(`${repository} can be read and written; ${has}`)
  return warning(
    `${said}; the token lacks the scope ${needed.at(-1)}: ${unfound}`,
    `gh auth refresh --scopes ${needed.at(-1)}, or use another token`
  )
}
