import { createSocket } from 'node:dgram'
import { expect } from 'chai'
import { bindingRequestOf } from './stun.ts'
import { createTargets } from './targets.ts'

/** Two seconds' worth of what made a relay's `/health` take seconds: 175 KB a second. */
const requests = 3000
const batch = 60

describe('STUN requests under thousands of names', () => {
  const targets = createTargets()

  it('begin few handshakes at a relay, which goes on answering', async function () {
    const relay = await targets.relay()
    const port = Number(/\/udp\/(\d+)\/webrtc-direct/.exec(relay.addresses.join())?.[1])
    if (!port) this.skip() // its native part is not made for this system
    const socket = createSocket('udp4')
    try {
      for (let sent = 0; sent < requests; sent += batch) {
        for (let i = 0; i < batch; i++)
          socket.send(bindingRequestOf(`libp2p+webrtc+v1/${String(sent + i).padStart(8, '0')}`), port, '127.0.0.1')
        await relay.works()
      }
      const http = relay.ports.find(({ kind }) => kind === 'http')?.port
      const metrics = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text()
      const [, refused] = /\{reason="webrtc-handshake"\} (\d+)/.exec(metrics) ?? []
      // The kernel may drop some of what comes at once.
      expect(Number(refused)).to.be.above(requests / 2)
    } finally {
      socket.close()
    }
  })
})
