import { base64url, fromBase64url, hex, sha256Hex, text, utf8 } from '../bytes.ts'
import type { Group } from '../group/group.ts'
import type { PeerRecord } from './discovery.ts'
import { formatPeer, parsePeer } from './peer-file.ts'

// In one pass, whatever a stranger writes: no part can take what the next one begins with.
const form = /^<!-- p2p-peer-registry:([\da-f]{32}) -->\s*```json\s*([^`\s][^`]{0,19999})```\s*$/

/** A registry entry, whether or not it can be opened: the name in its marker and the sealed part. Other tools use similar markers. */
export function sealedIn(comment: string): { name: string; sealed: string } | undefined {
  const [, name, json] = form.exec(comment) ?? []
  if (name === undefined || json === undefined) return undefined
  try {
    const { sealed } = JSON.parse(json)
    return typeof sealed === 'string' ? { name, sealed } : undefined
  } catch {
    return undefined
  }
}

/**
 * How a member's entry stands in a comment of the registry issue: its name an HMAC and the rest sealed, because the issue may
 * be public. The first group writes, all read.
 */
export function registryComments(groups: readonly [Group, ...Group[]], repository: string) {
  const place = (name: string) => ({ purpose: 'registry', place: `${repository.toLowerCase()} ${name}`, sender: '' })
  /** What the marker of this member's comment says; one comment for each. */
  const nameOf = async ({ peerId }: PeerRecord): Promise<string> =>
    hex(await groups[0].wireKey(await sha256Hex(utf8(`registry ${peerId}`)))).slice(0, 32)
  return {
    nameOf,
    async write(peer: PeerRecord): Promise<string> {
      const name = await nameOf(peer)
      const sealed = await groups[0].seal(utf8(formatPeer(peer)), place(name))
      const json = JSON.stringify({ version: 1, sealed: base64url(sealed) })
      return `<!-- p2p-peer-registry:${name} -->\n\`\`\`json\n${json}\n\`\`\`\n`
    },
    /** Undefined for what is no entry, or of another group. */
    async read(comment: string): Promise<PeerRecord | undefined> {
      const found = sealedIn(comment)
      if (!found) return undefined
      try {
        const bytes = fromBase64url(found.sealed)
        for (const group of groups) {
          const opened = await group.open(bytes, place(found.name))
          if (opened) return parsePeer(text(opened.bytes))
        }
      } catch {
        // damaged
      }
      return undefined
    }
  }
}
