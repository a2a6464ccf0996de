import { createHash } from 'node:crypto'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { openGroup } from '../../packages/core/src/group/group.ts'
import { shelfProtocol } from '../../packages/core/src/protocol/shelf.ts'
import {
  createPeer,
  fuzz,
  protocolInput,
  rawInput,
  sample,
  shelfInput,
  signallingInput,
  throwAt,
  throwDatagrams,
  throwFrames,
  webSocketInput,
  yamuxInput
} from './fuzz.ts'
import { bindingRequestOf } from './stun.ts'
import { createTargets, type Target } from './targets.ts'

/** Everything that a member or relay answers to before it knows with whom it speaks, and what only members may use. */
const protocols = [
  '/ipfs/id/1.0.0',
  '/ipfs/id/push/1.0.0',
  '/ipfs/ping/1.0.0',
  '/meshsub/1.2.0',
  '/meshsub/1.0.0',
  '/ghmesh/1/exchange',
  '/ghmesh/1/probe',
  '/libp2p/circuit/relay/0.2.0/hop',
  '/libp2p/circuit/relay/0.2.0/stop',
  '/webrtc-signaling/0.0.1'
]

describe(`whatever is thrown at a port (FUZZ_SEED=${fuzz.seed} FUZZ_RUNS=${fuzz.runs})`, () => {
  const targets = createTargets()
  let all: Target[]
  before(async () => {
    all = [await targets.relay(), await targets.member(), await targets.proxy()]
  })
  afterEach(async () => {
    // Whatever the test looked at: nobody has ended.
    for (const target of all) await target.works()
  })
  const libp2p = () => all.filter(({ addresses }) => addresses.length > 0)
  const tcpOf = ({ addresses }: Target) => addresses.find((address) => /\/tcp\/\d+\/p2p\//.test(address)) as string

  it('raw bytes end their own connection at most', async () => {
    for (const target of all) {
      for (const port of target.ports) {
        for (const input of sample(rawInput)) await throwAt(port, input)
        await target.works()
      }
    }
  })

  it('so do WebSocket frames', async () => {
    for (const target of libp2p()) {
      for (const port of target.ports.filter(({ kind }) => kind === 'websocket')) {
        for (const input of sample(webSocketInput)) await throwFrames(port, input)
        await target.works()
      }
    }
  })

  it('so do frames of yamux, under Noise', async () => {
    for (const target of libp2p()) {
      const peer = await createPeer()
      try {
        for (const input of sample(yamuxInput)) {
          const { line } = await peer.connect(tcpOf(target))
          await sent(() => line.send(input))
        }
      } finally {
        await peer.stop()
      }
      await target.works()
    }
  })

  for (const protocol of protocols) {
    it(`so do messages of ${protocol}`, async () => {
      for (const target of libp2p()) {
        const peer = await createPeer()
        try {
          for (const input of sample(protocolInput)) {
            const { connection } = await peer.connect(tcpOf(target))
            await sent(async () => {
              const stream = await connection.newStream(protocol)
              stream.send(input)
              await stream.close()
            })
          }
        } finally {
          await peer.stop()
        }
        await target.works()
      }
    })
  }

  it('so do questions to a shelf, from a peer that has shown a proof', async () => {
    const [relay] = all as [Target]
    const group = await openGroup(targets.secret, Date.now, 86_400_000)
    const peer = await createPeer()
    let shown: object | undefined
    try {
      for (const input of sample(shelfInput(group.publicKey))) {
        const { connection } = await peer.connect(tcpOf(relay))
        if (connection !== shown) await peer.show(await group.proofFor(peer.peerId))
        shown = connection
        await sent(async () => {
          const stream = await connection.newStream(shelfProtocol)
          stream.send(input)
          await stream.close()
        })
      }
    } finally {
      await peer.stop()
    }
    await relay.works()
  })

  it('so do offers of WebRTC, from outside and from a member behind a relay', async () => {
    const [relay] = all as [Target]
    const member = await targets.member({ relays: relay.addresses, mdns: false })
    const relayed = `${tcpOf(relay)}/p2p-circuit/p2p/${/\w+$/.exec(tcpOf(member))}`
    const outsider = await createPeer()
    const insider = await createPeer()
    try {
      await insider.connect(tcpOf(relay))
      const group = await openGroup(targets.secret, Date.now, 86_400_000)
      await insider.show(await group.proofFor(insider.peerId))
      await insider.connect(relayed)
      for (const [peer, address] of [
        [outsider, tcpOf(member)],
        [insider, relayed]
      ] as const) {
        for (const input of sample(signallingInput)) {
          const { connection } = await peer.connect(address)
          await sent(async () => {
            const stream = await connection.newStream('/webrtc-signaling/0.0.1', { runOnLimitedConnection: true })
            stream.send(input)
            await stream.close()
          })
        }
        await member.works()
      }
    } finally {
      await outsider.stop()
      await insider.stop()
    }
  })

  it('so do datagrams', async function () {
    const [relay] = all as [Target]
    const port = Number(/\/udp\/(\d+)\/webrtc-direct/.exec(relay.addresses.join())?.[1])
    if (!port) this.skip() // its native part is not made for this system
    const requests = sample(rawInput).map((noise, i) => {
      const request = bindingRequestOf(`libp2p+webrtc+v1/${String(i).padStart(8, '0')}`)
      for (const byte of noise.subarray(0, 3)) request[byte % request.length] = noise[byte % noise.length] as number
      return request
    })
    await throwDatagrams(port, [...sample(rawInput), ...requests])
    await relay.works()
  })

  it('and what a member dials itself does it no harm either', async () => {
    const servers = await Promise.all([hostileServer(sample(rawInput)), hostileServer(sample(webSocketInput), true)])
    const addresses = servers.map((server, i) => {
      const { port } = server.address() as AddressInfo
      return `/ip4/127.0.0.1/tcp/${port}${['', '/ws'][i]}/p2p/12D3KooWKoX63riwyW2VWY5w13isHgQg2R6VsfJQTBKCWD9EPz3X`
    })
    const member = await targets.member({ bootstrap: addresses, limits: { dialMs: 50, membersBudgetMs: 5000 } })
    try {
      for (const server of servers) {
        for (let dials = 0; dials < 5; dials++) await new Promise((resolve) => server.once('connection', resolve))
      }
      await member.works()
    } finally {
      for (const server of servers) server.close()
    }
  })
})

/** Answers each connection with the next input, after the opening handshake of RFC 6455 where that is wished. */
async function hostileServer(inputs: readonly Uint8Array[], webSocket = false): Promise<Server> {
  let next = 0
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (request) => {
      const [, key = ''] = /sec-websocket-key: (\S+)/i.exec(String(request)) ?? []
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
      if (webSocket)
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
            `Sec-WebSocket-Accept: ${accept}\r\n\r\n`
        )
      socket.end(inputs[next++ % inputs.length] as Uint8Array)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** What is sent may be refused in any way. */
async function sent(send: () => unknown): Promise<void> {
  try {
    await send()
  } catch {
    // the other side had enough
  }
  await new Promise((resolve) => setTimeout(resolve, 2))
}
