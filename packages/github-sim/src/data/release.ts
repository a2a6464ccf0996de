import type { Release } from '../model.ts'
import { type Links, nodeId } from './links.ts'
import { simpleUser } from './user.ts'

export function releaseJson(release: Release, fullName: string, branch: string, links: Links) {
  const { api, web } = links
  const url = `${api}/repos/${fullName}/releases/${release.id}`
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${api}/repos/${fullName}/releases/${release.id}/assets{?name,label}`,
    html_url: `${web}/${fullName}/releases/tag/${release.tag}`,
    id: release.id,
    author: simpleUser(release.author, links),
    node_id: nodeId('Release', release.id),
    tag_name: release.tag,
    target_commitish: branch,
    name: release.name,
    draft: release.draft,
    immutable: false,
    prerelease: release.prerelease,
    created_at: release.createdAt,
    updated_at: release.publishedAt,
    published_at: release.publishedAt,
    assets: release.assets.map((asset) => ({
      url: `${api}/repos/${fullName}/releases/assets/${asset.id}`,
      id: asset.id,
      node_id: nodeId('ReleaseAsset', asset.id),
      name: asset.name,
      label: '',
      uploader: simpleUser(release.author, links),
      content_type: 'application/gzip',
      state: 'uploaded',
      size: asset.size,
      digest: null,
      download_count: asset.downloads,
      created_at: release.createdAt,
      updated_at: release.createdAt,
      browser_download_url: `${web}/${fullName}/releases/download/${release.tag}/${asset.name}`
    })),
    tarball_url: `${api}/repos/${fullName}/tarball/${release.tag}`,
    zipball_url: `${api}/repos/${fullName}/zipball/${release.tag}`,
    body: release.body
  }
}
