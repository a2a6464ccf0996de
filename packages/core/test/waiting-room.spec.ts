import { expect } from 'chai'
import fc from 'fast-check'
import { createWaitingRoom } from '../src/libp2p/waiting-room.ts'

describe('the waiting room of handshakes', () => {
  const bounds = { maxWaiting: 8, maxWaitingPerHost: 3, maxWaitMs: 60_000 }

  function room() {
    const inside: string[] = []
    const away: string[] = []
    const leaves = new Map<string, () => void>()
    const made = createWaitingRoom(bounds)
    return {
      inside,
      away,
      enter(host: string | undefined, name: string) {
        inside.push(name)
        const leave = made.enter(host, () => {
          inside.splice(inside.indexOf(name), 1)
          away.push(name)
        })
        leaves.set(name, leave)
      },
      leave(name: string) {
        const at = inside.indexOf(name)
        if (at >= 0) inside.splice(at, 1)
        leaves.get(name)?.()
      },
      end: () => {
        for (const name of [...inside]) leaves.get(name)?.()
      }
    }
  }

  it('turns away the one of a host that has waited longest', () => {
    const here = room()
    for (const name of ['a1', 'a2', 'a3', 'a4']) here.enter('a', name)
    here.enter('b', 'b1')
    expect(here.away).to.deep.equal(['a1'])
    expect(here.inside).to.deep.equal(['a2', 'a3', 'a4', 'b1'])
    here.end()
  })

  it('makes room at the fullest host, so that one that fills it displaces itself', () => {
    const here = room()
    for (const [host, name] of [
      ['a', 'a1'],
      ['b', 'b1'],
      ['b', 'b2'],
      ['b', 'b3'],
      ['c', 'c1'],
      ['c', 'c2'],
      ['d', 'd1'],
      ['e', 'e1'],
      ['f', 'f1']
    ] as const)
      here.enter(host, name)
    expect(here.away).to.deep.equal(['b1'])
    here.end()
  })

  it('has no bound of its own for what has no host', () => {
    const here = room()
    for (let i = 0; i < bounds.maxWaiting; i++) here.enter(undefined, `${i}`)
    expect(here.away).to.deep.equal([])
    here.enter(undefined, 'one more')
    expect(here.away).to.deep.equal(['0'])
    here.end()
  })

  it('ends a wait that is too long', async () => {
    await new Promise<void>((resolve) => {
      createWaitingRoom({ ...bounds, maxWaitMs: 1 }).enter('a', (reason) => {
        expect(reason.message).to.equal('the handshake took longer than 1 ms')
        resolve()
      })
    })
  })

  it('never holds more than its bounds, whoever comes and goes', () => {
    const step = fc.record({ host: fc.constantFrom('a', 'b', 'c', 'd', 'e'), goes: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const here = room()
        const hosts = new Map<string, string>()
        for (const [i, { host, goes }] of steps.entries()) {
          if (goes && here.inside[0] !== undefined) here.leave(here.inside[0])
          else {
            hosts.set(`${i}`, host)
            here.enter(host, `${i}`)
          }
          expect(here.inside.length).to.be.at.most(bounds.maxWaiting)
          for (const one of new Set(hosts.values()))
            expect(here.inside.filter((name) => hosts.get(name) === one).length).to.be.at.most(bounds.maxWaitingPerHost)
        }
        here.end()
      })
    )
  })
})
