import { hex, utf8 } from '../bytes.ts'
import type { Group } from '../group/group.ts'
import type { MeshOptions } from '../options.ts'
import { version } from '../version.ts'

/** Objects of one's own cannot be compared from tab to tab. */
export const mayShareTabs = ({ shareTabs = true, store, transport, discovery }: MeshOptions) =>
  shareTabs && !store && !transport && !discovery

/** What is the same in tabs with the same group and options; their functions, tokens and names may differ. */
export async function nameAmongTabs(
  { secret, token, name, logger, ...options }: MeshOptions,
  groups: readonly Group[]
) {
  const comparable = Object.entries(options).map(([key, value]) => [key, typeof value === 'function' ? '' : value])
  const text = JSON.stringify([version, groups.map(({ id }) => id), comparable.sort()])
  return `ghmesh ${hex(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))))}`
}
