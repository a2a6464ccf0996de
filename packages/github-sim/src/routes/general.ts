import { type Handler, listReply } from '../ask.ts'
import { fullLicense, licenses, simpleLicense } from '../data/license.ts'
import { notificationJson } from '../data/notification.ts'
import { filterThreads } from '../filters/notifications.ts'
import { notFound, requiresAuthentication } from '../reply.ts'
import { iso } from '../time.ts'

const rootPaths = {
  current_user_url: '/user',
  current_user_authorizations_html_url: '/settings/connections/applications{/client_id}',
  authorizations_url: '/authorizations',
  code_search_url: '/search/code?q={query}{&page,per_page,sort,order}',
  commit_search_url: '/search/commits?q={query}{&page,per_page,sort,order}',
  emails_url: '/user/emails',
  emojis_url: '/emojis',
  events_url: '/events',
  feeds_url: '/feeds',
  followers_url: '/user/followers',
  following_url: '/user/following{/target}',
  gists_url: '/gists{/gist_id}',
  hub_url: '/hub',
  issue_search_url: '/search/issues?q={query}{&page,per_page,sort,order}',
  issues_url: '/issues',
  keys_url: '/user/keys',
  label_search_url: '/search/labels?q={query}&repository_id={repository_id}{&page,per_page}',
  notifications_url: '/notifications',
  organization_url: '/orgs/{org}',
  organization_repositories_url: '/orgs/{org}/repos{?type,page,per_page,sort}',
  organization_teams_url: '/orgs/{org}/teams',
  public_gists_url: '/gists/public',
  rate_limit_url: '/rate_limit',
  repository_url: '/repos/{owner}/{repo}',
  repository_search_url: '/search/repositories?q={query}{&page,per_page,sort,order}',
  current_user_repositories_url: '/user/repos{?type,page,per_page,sort}',
  starred_url: '/user/starred{/owner}{/repo}',
  starred_gists_url: '/gists/starred',
  user_url: '/users/{user}',
  user_organizations_url: '/user/orgs',
  user_repositories_url: '/users/{user}/repos{?type,page,per_page,sort}',
  user_search_url: '/search/users?q={query}{&page,per_page,sort,order}'
}

const emojis = ['+1', '-1', 'bug', 'heart', 'octocat', 'rocket', 'shipit', 'tada']
const gitignores: Record<string, string> = {
  C: '*.o\n*.so\n',
  Go: '*.exe\n*.test\nvendor/\n',
  Node: 'node_modules/\n*.log\n.env\n',
  Python: '__pycache__/\n*.py[cod]\n.venv/\n'
}

/** Routes that belong to no user and no repository. */
export const generalRoutes: Record<string, Handler> = {
  '/': ({ links }) => ({
    json: Object.fromEntries(Object.entries(rootPaths).map(([key, path]) => [key, links.api + path]))
  }),
  '/rate_limit': ({ budgets }) => {
    const resources = Object.fromEntries(budgets().map(({ resource, ...state }) => [resource, { ...state, resource }]))
    return { json: { resources, rate: resources.core }, etag: 'none' }
  },
  '/meta': () => ({
    json: {
      verifiable_password_authentication: false,
      ssh_key_fingerprints: {},
      ssh_keys: [],
      hooks: ['192.0.2.0/24'],
      web: ['198.51.100.0/24'],
      api: ['198.51.100.0/24'],
      git: ['198.51.100.0/24'],
      packages: ['203.0.113.0/24'],
      pages: ['203.0.113.64/26'],
      importer: [],
      actions: ['203.0.113.128/25'],
      dependabot: [],
      domains: { website: ['*.github.com'], packages: ['*.pkg.github.com'] }
    }
  }),
  '/emojis': () => ({
    json: Object.fromEntries(
      emojis.map((name) => [
        name,
        `https://github.githubassets.com/images/icons/emoji/${encodeURIComponent(name)}.png?v8`
      ])
    )
  }),
  '/licenses': (ask) => listReply(ask, Object.keys(licenses), (key) => simpleLicense(key, ask.links)),
  '/licenses/:key': ({ params, links }) => {
    const json = fullLicense(params.key ?? '', links)
    return json ? { json } : notFound()
  },
  '/gitignore/templates': () => ({ json: Object.keys(gitignores) }),
  '/gitignore/templates/:name': ({ params, accept }) => {
    const source = gitignores[params.name ?? '']
    if (source === undefined) return notFound()
    if (!/\.raw/.test(accept)) return { json: { name: params.name, source } }
    return { bytes: new TextEncoder().encode(source), contentType: 'application/vnd.github.raw; charset=utf-8' }
  },
  '/notifications': (ask) => {
    const { world, viewer, links, now } = ask
    if (!viewer) return requiresAuthentication()
    const threads = world.visible(viewer).flatMap(({ repository }) => {
      const issue = [...repository.issues.values()].at(-1)
      return issue ? [{ repository, issue }] : []
    })
    const found = filterThreads(threads, ask.query, viewer.login)
    const reply = listReply(ask, found, (t) => notificationJson(t.issue, t.repository, viewer.login, links))
    return {
      ...reply,
      lastModified: found[0]?.issue.updatedAt ?? iso(now),
      headers: { ...reply.headers, 'x-poll-interval': '60' }
    }
  }
}
