/**
 * Where an IP address belongs, as bounds count it: an IPv4 address, also one that is mapped into IPv6, or an IPv6 network
 * of 64 bits, for a single customer has 2^64 addresses.
 */
export function hostOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.toLowerCase().replace(/%.*$/, '').split('::')
  const groupsOf = (part: string) =>
    part === ''
      ? []
      : part.split(':').flatMap((group) => (group.includes('.') ? dotted(group) : [Number.parseInt(group, 16)]))
  const before = groupsOf(head)
  const after = groupsOf(tail ?? '')
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const groups = [...before, ...Array<number>(missing).fill(0), ...after]
  const [, , , , , sixth, high = 0, low = 0] = groups
  // As a socket for both families reports IPv4 (RFC 4291, section 2.5.5.2).
  if (sixth === 0xffff && groups.slice(0, 5).every((group) => group === 0))
    return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** The two groups that an address in dots stands for. */
function dotted(text: string): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number)
  return [(a << 8) | b, (c << 8) | d]
}
