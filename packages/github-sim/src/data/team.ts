import type { Team } from '../model.ts'
import { type Links, nodeId } from './links.ts'

/** A team as lists and pull requests show it (https://docs.github.com/rest/teams/teams). */
export function teamJson({ id, name, slug, organization }: Team, { api, web }: Links) {
  const url = `${api}/organizations/${organization.id}/team/${id}`
  return {
    id,
    node_id: nodeId('Team', id),
    name,
    slug,
    description: null,
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    url,
    html_url: `${web}/orgs/${organization.login}/teams/${slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    permission: 'pull',
    parent: null
  }
}
