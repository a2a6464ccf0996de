import type { Mesh } from 'ghmesh'
import { CliError } from '../errors.ts'
import { type Receipt, sha256 } from './receipt.ts'

type Written = Pick<Receipt, 'source' | 'url' | 'status' | 'bytes' | 'sha256' | 'body'>

/** A synthetic entry that looks like one from GitHub. */
export function makeUp(url: string, target: string): Written {
  const [owner, name] = target.split('/')
  const body = JSON.stringify({
    name,
    full_name: target,
    owner: { login: owner },
    private: false,
    url,
    synthetic: true
  })
  return { source: 'synthetic', url, status: 200, bytes: Buffer.byteLength(body), sha256: sha256(body), body }
}

/**
 * Fetches the target's entry with one call to GitHub; the SDK announces it to members.
 * @throws CliError if there is nothing to share.
 */
export async function callGitHub(mesh: Mesh, url: string, target: string, signal: AbortSignal): Promise<Written> {
  const response = await mesh.fetch(url, { cache: 'no-cache', signal })
  const body = new Uint8Array(await response.arrayBuffer())
  const content = json(body)
  if (!response.ok) {
    const said = typeof content?.message === 'string' ? ` (${content.message.slice(0, 200)})` : ''
    throw new CliError(`GitHub answered ${response.status} for ${url}${said}: there is nothing to share`)
  }
  if (content?.private !== false) {
    throw new CliError(
      `${target} is not public: by default ghmesh shares only public repositories, so no reader would get it`
    )
  }
  return { source: 'github', url, status: response.status, bytes: body.byteLength, sha256: sha256(body) }
}

function json(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}
