import { expect } from 'chai'
import type { RelayNode } from '../src/node.ts'
import { createVisits, type VisitedParts } from '../src/visits.ts'

describe('what a relay keeps of its peers', () => {
  it('goes also where it is written down after the peer has gone', () => {
    const removed: string[] = []
    const node = Object.assign(new EventTarget(), {
      peerStore: { delete: async (id: string) => void removed.push(id) }
    })
    const gate = { isConnected: (id: string) => id === 'here' }
    createVisits({ gate } as unknown as VisitedParts, {}).watch(node as unknown as RelayNode, { forget() {} })
    for (const id of ['here', 'gone']) node.dispatchEvent(new CustomEvent('peer:update', { detail: { peer: { id } } }))
    expect(removed).to.deep.equal(['gone'])
  })
})
