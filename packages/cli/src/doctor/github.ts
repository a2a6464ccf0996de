import process from 'node:process'
import { apiUrl } from '../environment.ts'
import { messageOf } from '../errors.ts'
import { type Finding, failure, ok } from './check.ts'

export const accept = 'application/vnd.github+json'

export interface Answer {
  status: number
  headers: Headers
  body: Uint8Array
  /** The body as JSON, if it is an object. */
  json: Record<string, unknown> | undefined
  /** Local times, in ms since the epoch: when the request was sent, and when the response's headers arrived. */
  sentAt: number
  receivedAt: number
}

/** How doctor asks GitHub: with the user's own token and a time limit for each response. It never writes anything. */
export interface GitHub {
  readonly authorization: string | undefined
  /** @param path below the API's base URL */
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  /** For others that ask GitHub: the same time limit, and a 403 instead of any write. */
  readonly fetch: typeof globalThis.fetch
}

export interface GitHubOptions {
  token: string | undefined
  waitMs: number
  signal: AbortSignal
}

export function createGitHub({ token, waitMs, signal }: GitHubOptions): GitHub {
  const authorization = token === undefined ? undefined : `Bearer ${token}`
  const bounded: typeof globalThis.fetch = async (input, init) => {
    const method = init?.method ?? (input instanceof Request ? input.method : 'GET')
    if (!/^(?:GET|HEAD)$/i.test(method)) {
      return Response.json({ message: 'ghmesh doctor writes nothing' }, { status: 403 })
    }
    const signals = [signal, AbortSignal.timeout(waitMs), ...(init?.signal ? [init.signal] : [])]
    return fetch(input, { ...init, signal: AbortSignal.any(signals) })
  }
  return {
    authorization,
    fetch: bounded,
    async get(path, headers = {}) {
      const sentAt = Date.now()
      const own = { accept, ...(authorization && { authorization }), ...headers }
      const response = await bounded(apiUrl() + path, { headers: own, cache: 'no-store' })
      const receivedAt = Date.now()
      const body = new Uint8Array(await response.arrayBuffer())
      return { status: response.status, headers: response.headers, body, json: objectIn(body), sentAt, receivedAt }
    }
  }
}

function objectIn(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    const parsed = JSON.parse(new TextDecoder().decode(body))
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined
  } catch {
    return undefined
  }
}

/** The first call, which is free: whether GitHub answers, and what it says about limits. */
export async function checkGitHub(github: GitHub): Promise<{ finding: Finding; answer?: Answer }> {
  const { host } = new URL(apiUrl())
  try {
    const answer = await github.get('/rate_limit')
    const { status, json } = answer
    if (status >= 500)
      return { finding: failure(`${host} answers ${status}`, 'try again later; https://www.githubstatus.com') }
    // 404: an Enterprise Server without limits.
    const known = status === 401 || status === 403 || status === 404 || status === 429
    if (json && ((status === 200 && json.resources) || (known && json.message)))
      return { finding: ok(`${host} answers`), answer }
    return {
      finding: failure(
        `${apiUrl()} is not GitHub's API (status ${status})`,
        'is GITHUB_API_URL correct? GitHub Enterprise Server: https://HOST/api/v3. On a guest network, log in first'
      )
    }
  } catch (error) {
    const { HTTPS_PROXY, https_proxy, NODE_USE_ENV_PROXY } = process.env
    const proxied = (HTTPS_PROXY || https_proxy) && !NODE_USE_ENV_PROXY
    const why = (error as Error).name === 'TimeoutError' ? 'no response in time' : messageOf(error)
    return {
      finding: failure(
        `${host} cannot be reached: ${why}`,
        proxied
          ? 'HTTPS_PROXY is set, but Node uses it only if NODE_USE_ENV_PROXY=1 is set too'
          : 'check the network, DNS and firewall; is GITHUB_API_URL correct?'
      )
    }
  }
}
