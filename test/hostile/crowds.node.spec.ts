import { expect } from 'chai'
import { presence, world } from './world.ts'

describe('a crowd of invented members behind one connection', () => {
  const here = world()

  it('is heard as far as one connection may speak, remembered as far as there is room, and pushes out nobody', async () => {
    let now = Date.now()
    const mesh = await here.member({ limits: { presentMembers: 100 }, now: () => now })
    const honest = await here.attacker()
    const inventor = await here.attacker()
    await honest.join(mesh)
    await inventor.join(mesh)
    const named = (name: string) => presence({ sentAt: now, name, stats: { requests: 1 } })
    await honest.tell(mesh, named('honest'))
    const { handlers } = here.hub.nodes.get(mesh.peerId as string) as NonNullable<ReturnType<typeof here.hub.nodes.get>>
    let heard = 0
    for (let n = 0; n < 3000; n++) {
      const sender = `invented${n}`
      const message = await inventor.seal(named(sender), { sender })
      if ((await handlers.message(sender, message, inventor.peerId)) === 'accept') heard++
    }
    // The burst of one connection, and what was allowed before.
    expect(heard).to.equal(2000)
    const { members } = mesh.stats({ group: true })
    expect(Object.keys(members).length).to.be.at.most(101)
    expect(members).to.have.property('honest')
    now += 1000
    expect(await honest.tell(mesh, named('honest'))).to.equal('accept')
  })

  it('that shows no proof waits in a bounded line; an honest newcomer gets in', async () => {
    const mesh = await here.member({ limits: { unprovenPeers: 8 } })
    const silent = await Promise.all(Array.from({ length: 20 }, () => here.attacker()))
    const gone: string[] = []
    for (const one of silent) {
      one.proof = () => new Promise(() => {})
      void one.dropped().then(() => gone.push(one.peerId))
      await one.transport.dial(mesh.addresses[0] as string)
    }
    expect(gone.length).to.equal(12)
    const honest = await here.attacker()
    await honest.join(mesh)
    expect(mesh.peers().map(({ id }) => id)).to.deep.equal([honest.peerId])
  })
})
