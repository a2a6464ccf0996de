import { expect } from 'chai'
import { hasWebRtc } from 'ghmesh'
import { createPeer, honestOffer } from '../ports/fuzz.ts'
import { createTargets } from '../ports/targets.ts'

describe('an offer of WebRTC that comes without a relay', () => {
  const targets = createTargets()

  it('is not answered, and begins nothing', async function () {
    if (!(await hasWebRtc())) this.skip()
    const relay = await targets.relay()
    const member = await targets.member({ relays: relay.addresses, mdns: false })
    const outsider = await createPeer()
    try {
      const { connection } = await outsider.connect(
        member.addresses.find((address) => !/ws|circuit/.test(address)) as string
      )
      const stream = await connection.newStream('/webrtc-signaling/0.0.1')
      const answered = new Promise<string>((resolve) => {
        stream.addEventListener('message', () => resolve('answered'))
        stream.addEventListener('close', () => resolve('closed'))
        if (stream.status !== 'open') resolve('closed')
      })
      // It may be closed already.
      if (stream.status === 'open') stream.send(honestOffer)
      expect(await answered).to.equal('closed')
      await member.works()
    } finally {
      await outsider.stop()
    }
  })
})
