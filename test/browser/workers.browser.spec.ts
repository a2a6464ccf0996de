import { expect } from 'chai'
import type { MeshOptions, Peer } from 'ghmesh'
import { forget } from '../support/databases.ts'

const library = new URL('/packages/core/dist/browser/ghmesh.js', location.href).href

interface Beside {
  address: string
  relay: string
  secret: string
  apiUrl: string
  untouched: string
  untouchedBody: object
}

interface Visited {
  scope: string
  error?: string
  code?: string
  seen?: {
    body: object
    cacheStatus: string
    asked: string[]
    peer: Peer
    peerId: string
    addresses: string[]
  }
}

type Post = (message: unknown, transfer: Transferable[]) => void

const script = '/test/browser/worker.mjs'

async function serviceWorker(from = '/test/browser/service-worker.mjs'): Promise<{ post: Post; end(): unknown }> {
  const registration = await navigator.serviceWorker.register(from, { type: 'module' })
  const worker = registration.installing ?? registration.waiting ?? registration.active
  while (worker?.state !== 'activated')
    await new Promise((changed) => worker?.addEventListener('statechange', changed, { once: true }))
  return { post: worker.postMessage.bind(worker), end: () => registration.unregister() }
}

const kinds: Record<string, () => { post: Post; end(): unknown } | Promise<{ post: Post; end(): unknown }>> = {
  DedicatedWorkerGlobalScope() {
    const worker = new Worker(script, { type: 'module' })
    return { post: worker.postMessage.bind(worker), end: () => worker.terminate() }
  },
  SharedWorkerGlobalScope() {
    const { port } = new SharedWorker(script, { type: 'module' })
    port.start()
    return { post: port.postMessage.bind(port), end: () => port.close() }
  },
  ServiceWorkerGlobalScope: () => serviceWorker()
}

describe('a member in a worker', () => {
  let beside: Beside
  before(async () => {
    beside = await (await fetch('/__member.json')).json()
  })

  const options = (more: MeshOptions): MeshOptions => ({
    secret: beside.secret,
    apiUrl: beside.apiUrl,
    allowPrivateAddresses: true,
    ttlMs: 3_600_000,
    // A busy machine must not look like a member or a store that says nothing.
    limits: { dialMs: 100, membersBudgetMs: 30_000, tabAnswerMs: 30_000, storeAnswerMs: 30_000, stopMs: 30_000 },
    ...more
  })

  async function visit(kind: string, more: MeshOptions, start = kinds[kind]): Promise<Visited> {
    const { port1, port2 } = new MessageChannel()
    const answered = new Promise<Visited>((resolve) => {
      port1.onmessage = ({ data }) => resolve(data)
    })
    const { post, end } = await (start as (typeof kinds)[string])()
    try {
      post({ options: options(more), url: beside.untouched }, [port2])
      return await answered
    } finally {
      await end()
    }
  }

  it('in a service worker, which cannot load code later, is told to take all in one file', async () => {
    const { code, error } = await visit('ServiceWorkerGlobalScope', {}, () => serviceWorker(script))
    expect(code).to.equal('ERR_RUNTIME')
    expect(error).to.include('"ghmesh/all"')
  })

  for (const kind of Object.keys(kinds)) {
    for (const way of ['a WebSocket', 'a relay'] as const) {
      it(`${kind}: joins by ${way}, has an answer from a member, and stops`, async () => {
        // Else it would find what the one before it kept.
        await forget('ghmesh')
        const { scope, error, seen } = await visit(
          kind,
          way === 'a relay' ? { relays: [beside.relay] } : { bootstrap: [beside.address] }
        )
        expect([scope, error]).to.deep.equal([kind, undefined])
        expect(seen?.body).to.deep.equal(beside.untouchedBody)
        expect(seen?.cacheStatus).to.equal('ghmesh; hit; detail=peer')
        expect(seen?.asked).to.deep.equal([])
        expect(seen?.peer.transport).to.equal('websocket')
        // Workers have no WebRTC: nobody is to try.
        expect(seen?.addresses.filter((address) => address.includes('/webrtc'))).to.deep.equal([])
      })
    }

    it(`${kind}: is one member with the page that has the same options`, async () => {
      const { createMesh } = (await import(library)) as typeof import('ghmesh')
      const more = { relays: [beside.relay] }
      const page = await createMesh(options({ ...more, fetch: (input, init) => fetch(input, init) }))
      try {
        const { error, seen } = await visit(kind, more)
        expect(error).to.equal(undefined)
        expect(seen?.peerId).to.be.a('string').and.equal(page.peerId)
        expect(seen?.body).to.deep.equal(beside.untouchedBody)
        expect(seen?.asked).to.deep.equal([])
      } finally {
        await page.stop()
      }
    })
  }
})
