/** What may be dialled for each way between two members, and how one sees that it is taken. */
export const ways = {
  tcp: { may: (address) => /\/tcp\/\d+\/p2p\/\w+$/.test(address), is: ({ transport }) => transport === 'tcp' },
  websocket: { may: (address) => /\/ws\/p2p\/\w+$/.test(address), is: ({ transport }) => transport === 'websocket' },
  relayed: { may: (address) => address.includes('/p2p-circuit/p2p/'), is: ({ path }) => path === 'relayed' },
  webrtc: { may: (address) => address.includes('/p2p-circuit/'), is: ({ transport }) => transport === 'webrtc' }
}

/** A transport that dials what it may, and relays. */
export function only(transport, may, relays) {
  return new Proxy(transport, {
    get(target, name) {
      const value = Reflect.get(target, name, target)
      if (name !== 'dial') return typeof value === 'function' ? value.bind(target) : value
      return async (address, options) => {
        if (!may(address) && !relays.includes(address)) throw new Error('not this way')
        return target.dial(address, options)
      }
    }
  })
}

export const until = async (fits) => {
  while (!(await fits())) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** Once `asker` is connected to `holderId` as it should be: a call that asks it for what was never asked for before. */
export async function peerHits(asker, holderId, way, urls) {
  await until(() => asker.peers().some((peer) => peer.id === holderId && ways[way].is(peer)))
  const unseen = []
  for (const url of urls) if (!(await asker.peek(url))) unseen.push(url)
  let next = 0
  return async () => {
    if (next >= unseen.length) throw new Error(`${way}: only ${unseen.length} entries to ask for`)
    const response = await asker.fetch(unseen[next++])
    const status = response.headers.get('cache-status')
    if (status !== 'ghmesh; hit; detail=peer') throw new Error(`${way}: no peer hit but ${status}`)
    return response.arrayBuffer()
  }
}
