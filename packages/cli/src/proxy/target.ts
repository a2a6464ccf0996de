import type { Entrance } from './entrance.ts'
import { isNeighbour } from './host-check.ts'

/** Where a request goes. */
export interface Target {
  url: URL
  graphql: boolean
  /** The API's base URL as the client knows it, for links in responses; undefined: as GitHub writes it. */
  clientBase?: string | undefined
}

const enterprise = /\/api\/v3$/

/**
 * The URL at the API for a path below a client's base URL, whatever host the client names, and with or without the prefixes that
 * gh uses for GitHub Enterprise Server. Undefined if it is not a path.
 */
export function targetOf(path: string, host: string, api: URL, entrance?: Entrance): Target | undefined {
  const asked = path.startsWith('/') ? URL.parse(`http://client${path}`) : null
  if (asked?.host !== 'client') return undefined
  const base = api.href.replace(/\/$/, '')
  const rest = asked.pathname + asked.search
  if (isNeighbour(host, api)) return { url: new URL(`https://${host}${rest}`), graphql: false }
  const prefixed = asked.pathname.startsWith('/api/v3/')
  const clientBase = baseOf(host, prefixed, api, entrance)
  if (asked.pathname === '/graphql' || asked.pathname === '/api/graphql') {
    const url = enterprise.test(base) ? base.replace(enterprise, '/api/graphql') : `${base}/graphql`
    return { url: new URL(url + asked.search), graphql: true, clientBase }
  }
  if (prefixed) return { url: new URL(base + rest.slice('/api/v3'.length)), graphql: false, clientBase }
  if (enterprise.test(base) && asked.pathname.startsWith('/api/')) {
    return { url: new URL(base.replace(enterprise, '') + rest), graphql: false, clientBase }
  }
  return { url: new URL(base + rest), graphql: false, clientBase }
}

function baseOf(host: string, prefixed: boolean, api: URL, entrance: Entrance | undefined): string | undefined {
  if (host === api.host) return undefined
  // got's form of a URL through a socket.
  if (host === 'unix' && entrance?.kind === 'socket') return `http://unix:${entrance.path}:`
  return `${host === 'api.github.com' ? 'https' : 'http'}://${host}${prefixed ? '/api/v3' : ''}`
}

/** What the user wants to make stale, as `Mesh.purge` takes it: a path is relative to the API's base URL. */
export const purgeTarget = (what: string, api: URL): string =>
  what.startsWith('/') ? api.href.replace(/\/$/, '') + what : what
