/** FNV-1a with murmur3's finaliser, 32 bits: every member must come to the same order, see PROTOCOL.md. */
export function rendezvousScore(peerId: string, name: string): number {
  let hash = 0x811c9dc5
  for (const unit of `${peerId}/${name}`) hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
