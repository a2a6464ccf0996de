/** What `ip` is told for an interface and a route on which pages of one machine can meet; it leads nowhere else. */
export const office = [
  'link add office type veth peer name office-wall',
  'addr add 10.78.0.1/24 dev office',
  'link set office up',
  'link set office-wall up',
  'route add default via 10.78.0.2 dev office'
]
