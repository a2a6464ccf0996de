import type { Account } from '../model.ts'
import { dataTime, dayMs, iso } from '../time.ts'
import { type Links, nodeId } from './links.ts'

export function newAccount(id: number, login: string, type: Account['type'], members: string[] = []): Account {
  return {
    id,
    login,
    type,
    name: login.charAt(0).toUpperCase() + login.slice(1),
    company: type === 'User' ? '@octo-org' : null,
    blog: type === 'User' ? '' : `https://${login}.example.com`,
    location: 'San Francisco',
    email: type === 'User' ? `${login}@example.com` : null,
    bio: type === 'User' ? null : 'We build things that other things are built with.',
    followers: 20 + (id % 400),
    following: id % 60,
    createdAt: iso(dataTime - (3000 + (id % 2000)) * dayMs),
    updatedAt: iso(dataTime - (id % 90) * dayMs),
    members: new Set(members)
  }
}

/** The short form that other objects embed. */
export function simpleUser(account: Account, { api, web }: Links) {
  const { id, login, type } = account
  const url = `${api}/users/${login}`
  return {
    login,
    id,
    node_id: nodeId(type, id),
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    gravatar_id: '',
    url,
    html_url: `${web}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    user_view_type: 'public',
    site_admin: false
  }
}

/**
 * `GET /users/{username}`. "You only see publicly visible email addresses when authenticated with GitHub":
 * https://docs.github.com/rest/users/users#get-a-user
 */
export function fullUser(account: Account, links: Links, publicRepos: number, isSignedIn = true) {
  return {
    ...simpleUser(account, links),
    name: account.name,
    company: account.company,
    blog: account.blog,
    location: account.location,
    email: isSignedIn ? account.email : null,
    hireable: null,
    bio: account.bio,
    twitter_username: null,
    public_repos: publicRepos,
    public_gists: account.id % 9,
    followers: account.followers,
    following: account.following,
    created_at: account.createdAt,
    updated_at: account.updatedAt
  }
}

/** `GET /user`: what only the user sees of themself. */
export function ownUser(account: Account, links: Links, publicRepos: number, privateRepos: number) {
  return {
    ...fullUser(account, links, publicRepos),
    user_view_type: 'private',
    notification_email: null,
    private_gists: 2,
    total_private_repos: privateRepos,
    owned_private_repos: privateRepos,
    disk_usage: 4096 + account.id,
    collaborators: 3,
    two_factor_authentication: true,
    plan: { name: 'pro', space: 976562499, collaborators: 0, private_repos: 9999 }
  }
}

/** `GET /orgs/{org}`. */
export function organization(account: Account, { api, web }: Links, publicRepos: number) {
  const url = `${api}/orgs/${account.login}`
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId('Organization', account.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${account.id}?v=4`,
    description: account.bio,
    name: account.name,
    // GitHub sends null, although it describes strings: https://github.com/yanyongyu/githubkit/pull/32
    company: account.company,
    blog: account.blog,
    location: account.location,
    email: account.email,
    twitter_username: null,
    is_verified: true,
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: publicRepos,
    public_gists: 0,
    followers: account.followers,
    following: account.following,
    html_url: `${web}/${account.login}`,
    created_at: account.createdAt,
    updated_at: account.updatedAt,
    archived_at: null,
    type: 'Organization'
  }
}
