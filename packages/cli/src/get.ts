import process from 'node:process'
import { pipeline } from 'node:stream/promises'
import { cacheStatus, type Mesh } from 'ghmesh'
import { briefMember } from './brief-member.ts'
import { apiUrl, findsMembers } from './environment.ts'
import { CliError } from './errors.ts'
import { createOutput } from './output.ts'
import { whereFrom } from './provenance.ts'
import { bodyForTerminal } from './terminal.ts'
import { firstMember } from './until.ts'

export interface GetFlags {
  accept?: string
  /** Each `Name: value`. */
  header?: string[]
  cache: RequestCache
  listenPort: number
  waitSeconds?: number
  quiet?: boolean
}

/** `ghmesh get`: one response, from the cache, a member or GitHub. */
export async function get(what: string, flags: GetFlags, signal: AbortSignal): Promise<number> {
  const output = createOutput()
  await using mesh = await briefMember({ listenPort: flags.listenPort, logger: output.logger })
  const url = urlOf(what)
  const headers = headersOf(flags)

  const held = await mesh.peek(url, { headers })
  const fresh = held !== undefined && (cacheStatus(held)?.ttlMs ?? 0) > 0
  const waitSeconds = flags.waitSeconds ?? (fresh || !findsMembers() ? 0 : 1)
  if (mesh.peerId && waitSeconds > 0) await wait(mesh, waitSeconds, signal)

  let member: string | undefined
  mesh.addEventListener('peer-hit', ({ detail }) => {
    member = detail.peerId
  })
  const response = await mesh.fetch(url, { headers, cache: flags.cache, signal }).catch((error) => {
    throw new CliError(
      signal.aborted
        ? 'stopped'
        : `cannot reach ${url.origin}: ${reason(error)}; ${isOfApi(url) ? isApiCorrect : 'check the URL'}`
    )
  })
  if (!flags.quiet) output.note(whereFrom(response, mesh, { held: held !== undefined, member }))
  if (response.body) {
    const body = response.body as AsyncIterable<Uint8Array>
    const how = { end: false, signal }
    // It may come from a member.
    const sent = process.stdout.isTTY
      ? pipeline(body, bodyForTerminal(), process.stdout, how)
      : pipeline(body, process.stdout, how)
    await sent.catch((error) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
  if (response.status === 401) output.note('ghmesh: set GH_TOKEN to a valid token, or run "gh auth login"')
  return response.ok ? 0 : 1
}

async function wait(mesh: Mesh, waitSeconds: number, signal: AbortSignal): Promise<void> {
  const done = createOutput().waiting('Waiting for a member')
  try {
    await firstMember(mesh, waitSeconds * 1000, signal)
  } finally {
    done()
  }
}

function headersOf({ header = [], accept }: GetFlags): Headers {
  const headers = new Headers(accept === undefined ? {} : { accept })
  for (const line of header) {
    const colon = line.indexOf(':')
    try {
      headers.set(line.slice(0, Math.max(colon, 0)).trim(), line.slice(colon + 1).trim())
    } catch {
      // It may hold a credential, so it is not shown.
      throw new CliError('a --header is not of the form "Name: value"; see ghmesh get --help', 2)
    }
  }
  return headers
}

function urlOf(what: string): URL {
  const url = /^https?:\/\//i.test(what) ? URL.parse(what) : URL.parse(`${apiUrl()}/${what.replace(/^\/+/, '')}`)
  if (!url) throw new CliError(`${JSON.stringify(what)} is neither a URL nor a path; see ghmesh get --help`, 2)
  return url
}

const isApiCorrect = 'is GITHUB_API_URL correct? "ghmesh doctor" checks the connection'

/** Another URL says nothing about the API's. */
const isOfApi = ({ href }: URL): boolean => `${href}/`.startsWith(`${URL.parse(apiUrl())?.href.replace(/\/$/, '')}/`)

function reason(error: unknown): string {
  const { cause, message } = error as Error
  return cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message
}
