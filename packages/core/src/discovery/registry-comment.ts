import { base64url, fromBase64url, hex, sha256Hex, text, utf8 } from '../bytes.ts'
import type { Group } from '../group/group.ts'
import type { PeerRecord } from './discovery.ts'
import { formatPeer, parsePeer } from './peer-file.ts'

/** How a member's entry stands in a comment of the registry issue. */
export interface RegistryFormat {
  /** What the marker of this member's comment says; one comment for each. */
  nameOf(peer: PeerRecord): Promise<string>
  write(peer: PeerRecord): Promise<string>
  /** Undefined for what is no entry, or of another group. */
  read(comment: string): Promise<PeerRecord | undefined>
}

const marker = /^<!-- p2p-peer-registry:([\w.-]{1,128}) -->\s*```json\s*([\s\S]{1,20000}?)```\s*$/

const comment = (name: string, json: string) =>
  `<!-- p2p-peer-registry:${name} -->\n\`\`\`json\n${json.trim()}\n\`\`\`\n`

/** The name in the marker of any entry, whoever can read the rest. */
export const markerOf = (body: string): string | undefined => marker.exec(body)?.[1]

/** For everybody to read: the form of the Python tool that used such issues first. */
export const plainFormat: RegistryFormat = {
  nameOf: async ({ name }) => name.replace(/[^\w.-]+/g, '_').slice(0, 128) || 'member',
  async write(peer) {
    return comment(await plainFormat.nameOf(peer), formatPeer(peer))
  },
  async read(body) {
    const json = marker.exec(body)?.[2]
    return json === undefined ? undefined : parsePeer(json)
  }
}

/** For the groups alone: names are HMACs and addresses are sealed, because the issue may be public. The first group writes. */
export function sealedFormat(groups: readonly [Group, ...Group[]], repository: string): RegistryFormat {
  const place = (name: string) => ({ purpose: 'registry', place: `${repository.toLowerCase()} ${name}`, sender: '' })
  const format: RegistryFormat = {
    nameOf: async ({ peerId }) =>
      hex(await groups[0].wireKey(await sha256Hex(utf8(`registry ${peerId}`)))).slice(0, 32),
    async write(peer) {
      const name = await format.nameOf(peer)
      const sealed = await groups[0].seal(utf8(formatPeer(peer)), place(name))
      return comment(name, JSON.stringify({ version: 1, sealed: base64url(sealed) }))
    },
    async read(body) {
      const [, name, json] = marker.exec(body) ?? []
      if (name === undefined || json === undefined) return undefined
      try {
        const { sealed } = JSON.parse(json)
        const bytes = fromBase64url(String(sealed))
        for (const group of groups) {
          const opened = await group.open(bytes, place(name))
          if (opened) return parsePeer(text(opened.bytes))
        }
      } catch {
        // not ours, or damaged
      }
      return undefined
    }
  }
  return format
}
