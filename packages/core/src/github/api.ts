import { repositoryOf } from './routes.ts'

/** GitHub's API, known by its base URL: `https://api.github.com`, or `https://HOST/api/v3`. */
export interface Api {
  readonly origin: string
  /** The base URL, without a slash at its end. */
  readonly base: string
  /** Where GraphQL is asked: beside the base URL of GitHub Enterprise Server. */
  readonly graphql: string
  /** Below this, with a slash at its end, files are uploaded: `https://uploads.github.com/`, or `https://HOST/api/uploads/`. */
  readonly uploads: string
  /** The path below the base URL, with its slash; undefined for a URL elsewhere. */
  pathOf(url: URL): string | undefined
  /** The URL of a path that begins with a slash. */
  urlOf(path: string): string
  /** `owner/repo` or `repositories/id`, in lower case, of a URL in a repository. */
  repositoryOf(url: string | URL): string | undefined
}

/** By this path below the base URL, answers of GraphQL are known, whatever is asked. */
export const graphqlPath = '/graphql'

export function createApi(url: URL): Api {
  const { origin } = url
  const below = url.pathname.replace(/\/$/, '')
  const base = url.href.replace(/\/$/, '')
  const pathOf = (url: URL) =>
    url.origin === origin && url.pathname.startsWith(`${below}/`) ? url.pathname.slice(below.length) : undefined
  return {
    origin,
    base,
    graphql: base.replace(/\/api\/v3$/, '/api') + graphqlPath,
    uploads: `${/\/api\/v3$/.test(base) ? base.replace(/v3$/, 'uploads') : base.replace('//api.', '//uploads.')}/`,
    pathOf,
    urlOf: (path) => base + path,
    repositoryOf: (url) => repositoryOf(pathOf(new URL(url)) ?? '')
  }
}
