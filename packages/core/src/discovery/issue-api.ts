import { MeshError } from '../errors.ts'
import { limitedForMs } from '../github/limited.ts'
import { platformFetch } from '../github/origin.ts'
import { issuePages, perPage } from './issue-pages.ts'
import { registryIssue } from './registry-issue.ts'

/** One comment of the registry issue, as far as it matters here. */
export interface RegistryComment {
  id: number
  body: string
  /** Milliseconds since the epoch. */
  updatedAt: number
}

const answerMs = 30_000
const maxBodyBytes = 64 * 1024
const refusals = new Set([401, 403, 404, 410, 422])

export interface IssueApiOptions {
  /** `owner/repo` whose issue is the registry. */
  repository: string
  /** Default `https://api.github.com`. */
  apiUrl?: string | undefined
  /** The `Authorization` token; without one the registry is only read, every five minutes. */
  token?: (() => Promise<string | undefined> | string | undefined) | undefined
  /** Default: the platform’s own. */
  fetch?: typeof globalThis.fetch | undefined
  /** Milliseconds since the epoch. Default `Date.now`. */
  now?: (() => number) | undefined
}

/**
 * The issue behind a registry: reads with conditions, which cost no quota while nothing changed; writes as they come. `ended`
 * ends what is under way.
 */
export function issueApi(options: IssueApiOptions, ended: AbortSignal) {
  const { repository, apiUrl = 'https://api.github.com', token, fetch: ask = platformFetch, now = Date.now } = options
  const base = `${apiUrl.replace(/\/$/, '')}/repos/${repository}`

  async function send(url: string, init: RequestInit = {}, headers: Record<string, string> = {}): Promise<Response> {
    const own = await token?.()
    const authorization: Record<string, string> = own === undefined ? {} : { authorization: `Bearer ${own}` }
    return ask(url, {
      signal: AbortSignal.any([ended, AbortSignal.timeout(answerMs)]),
      ...init,
      headers: { accept: 'application/vnd.github+json', ...authorization, ...headers },
      cache: 'no-store',
      credentials: 'omit'
    })
  }

  const pages = issuePages((url, headers) => send(url, {}, headers))

  async function write(
    method: string,
    url: string,
    body?: object,
    signal?: AbortSignal
  ): Promise<Record<string, unknown>> {
    const response = await send(url, { method, body: body ? JSON.stringify(body) : null, ...(signal && { signal }) })
    if (response.ok) return response.status === 204 ? {} : ((await response.json()) as Record<string, unknown>)
    const said = `GitHub answered ${response.status} to ${method} ${new URL(url).pathname}`
    const limitedMs = limitedForMs(response.status, response.headers, await response.text(), now())
    if (limitedMs === undefined && refusals.has(response.status)) throw new MeshError('ERR_DISCOVERY', said)
    throw new Error(said)
  }

  const issue = registryIssue(`${base}/issues`, pages, write)

  const comment = async (body: string) =>
    Number((await write('POST', `${base}/issues/${await issue.findOrMake()}/comments`, { body })).id)

  /**
   * The issue that this member made was deleted, as 410 says, or moved
   * (https://docs.github.com/rest/issues/issues#get-an-issue). One that is locked is still there.
   */
  async function ownIsGone(): Promise<boolean> {
    if (issue.made === undefined) return false
    const { status, body } = await send(`${base}/issues/${issue.made}`)
    await body?.cancel()
    return status === 404 || status === 410
  }

  return {
    answeredAt: pages.answeredAt,
    /** The comments of the issue, none where there is no issue yet. */
    async comments(): Promise<RegistryComment[]> {
      const number = await issue.find()
      if (number === undefined) return []
      const found: RegistryComment[] = []
      try {
        for await (const { id, body, updated_at: updated } of pages.listBothEnds(
          `${base}/issues/${number}/comments?per_page=${perPage}`
        )) {
          if (typeof id !== 'number' || typeof body !== 'string' || body.length > maxBodyBytes) continue
          found.push({ id, body, updatedAt: Date.parse(String(updated)) || 0 })
        }
      } catch (error) {
        issue.forget()
        throw error
      }
      return found
    },
    /** Resolves to the comment's id. Rejects with MeshError ERR_DISCOVERY where GitHub does not let this token write. */
    async add(body: string): Promise<number> {
      try {
        return await comment(body)
      } catch (error) {
        if (!(error instanceof MeshError) || !(await ownIsGone())) throw error
        issue.disown()
        return await comment(body)
      }
    },
    async edit(id: number, body: string): Promise<number> {
      try {
        await write('PATCH', `${base}/issues/comments/${id}`, { body })
        return id
      } catch (error) {
        if (!(error instanceof MeshError)) throw error
        return this.add(body) // swept away, or a stranger's who copied the marker
      }
    },
    /** `signal` ends it, where it is given, and nothing else does. */
    remove: async (id: number, signal?: AbortSignal): Promise<void> =>
      void (await write('DELETE', `${base}/issues/comments/${id}`, undefined, signal))
  }
}
