import { expect } from 'chai'
import { hour, minute, next, scene, second, until } from './members.ts'

const failure = (work: Promise<unknown>): Promise<unknown> => work.then(() => undefined).catch((error) => error)

describe('values', () => {
  const s = scene()

  // README: "There are also small named values"
  it('one sets, the other gets; the later wins, whoever set it', async () => {
    const [a, b] = await s.two()
    for (const [from, to, value] of [
      [a, b, { n: 1, text: 'x' }],
      [b, a, 'second'],
      [a, b, 0],
      [b, a, null]
    ] as const) {
      const received = next(to, 'received', 'name')
      await from.mesh.set('name', value)
      await received
      for (const { mesh } of [a, b]) expect(await mesh.get('name')).to.deep.equal(value)
      s.now += 1
    }
    expect(s.github.calls).to.have.length(0)
  })

  it('who has seen a value can replace it, although the clocks differ by some seconds', async () => {
    const a = await s.member({ now: () => s.now - 4 * second })
    const b = await s.member()
    await s.connect(a, b)
    const set = next(a, 'received', 'name')
    await b.mesh.set('name', 'of b')
    await set
    s.now += second
    const deleted = next(b, 'received', 'name')
    await a.mesh.delete('name')
    await deleted
    for (const { mesh } of [a, b]) expect(await mesh.get('name')).to.equal(undefined)
  })

  it('what was set by a clock that was two minutes ahead stands in nobody’s way once that is right', async () => {
    let ahead = 2 * minute
    const a = await s.member({ now: () => s.now + ahead })
    const b = await s.member()
    await s.connect(a, b)
    const early = next(b, 'received', 'name')
    await a.mesh.set('name', 'from later')
    await early
    ahead = 0
    const set = next(a, 'received', 'name')
    await b.mesh.set('name', 'of now')
    await set
    for (const { mesh } of [a, b]) expect(await mesh.get('name')).to.equal('of now')
  })

  it('two at the same moment agree in the end', async () => {
    const [a, b] = await s.two()
    await Promise.all([a.mesh.set('name', 'of a'), b.mesh.set('name', 'of b')])
    const wins = (a.mesh.peerId as string) > (b.mesh.peerId as string) ? 'of a' : 'of b'
    for (const { mesh } of [a, b]) await until(async () => (await mesh.get('name')) === wins, `${wins} at both`)
  })

  // README: "There are also small named values"
  it('a deleted one stays deleted, for late joiners too', async () => {
    const [a, b] = await s.two()
    for (const change of [() => a.mesh.set('name', 1), () => b.mesh.delete('name')]) {
      const received = Promise.race([next(a, 'received', 'name'), next(b, 'received', 'name')])
      await change()
      await received
      s.now += 1
    }
    for (const { mesh } of [a, b]) expect(await mesh.get('name')).to.equal(undefined)
    const c = await s.member()
    await s.connect(a, c)
    expect(await c.mesh.get('name')).to.equal(undefined)
    await c.mesh.set('name', 'again')
    await until(async () => (await a.mesh.get('name')) === 'again')
  })

  it('a late joiner asks for what it does not have', async () => {
    const a = await s.member()
    await a.mesh.set('name', [1, 2])
    const b = await s.member()
    await s.connect(a, b)
    expect(await b.mesh.get('name')).to.deep.equal([1, 2])
  })

  it('one ends after its ttlMs, or a day', async () => {
    const [a, b] = await s.two()
    const received = [next(b, 'received', 'brief'), next(b, 'received', 'daily')]
    await a.mesh.set('brief', 1, { ttlMs: 5 * second })
    await a.mesh.set('daily', 1)
    await Promise.all(received)
    s.now += 6 * second
    for (const { mesh } of [a, b]) expect(await mesh.get('brief')).to.equal(undefined)
    for (const { mesh } of [a, b]) expect(await mesh.get('daily')).to.equal(1)
    s.now += 24 * hour
    expect(await a.mesh.get('daily')).to.equal(undefined)
  })

  it('64 KiB go, a byte more does not, and what is no JSON neither', async () => {
    const [a, b] = await s.two()
    const most = 'é'.repeat(32 * 1024 - 1)
    const received = next(b, 'received', 'most')
    await a.mesh.set('most', most)
    await received
    expect(await b.mesh.get('most')).to.equal(most)
    expect(await failure(a.mesh.set('name', `${most}a`))).to.include({ name: 'MeshError', code: 'ERR_VALUE_TOO_LARGE' })
    for (const [name, value] of [
      ['', 1],
      ['x'.repeat(2000), 1],
      ['name', undefined],
      ['name', () => {}]
    ] as const) {
      expect(await failure(a.mesh.set(name, value as never))).to.include({ code: 'ERR_INVALID_OPTION' })
    }
    expect(await failure(a.mesh.get('name', { signal: AbortSignal.abort('why') }))).to.equal('why')
  })

  it('works alone where networking is off, and nobody is told', async () => {
    const a = await s.member({ networking: false })
    const b = await s.member()
    expect([a.mesh.peerId, a.mesh.addresses, a.mesh.peers()]).to.deep.equal([undefined, [], []])
    expect(await b.transport.dial(a.transport.addresses[0] ?? '').catch(() => 'nobody')).to.equal('nobody')
    await a.mesh.set('name', { a: 1 })
    expect(await a.mesh.get('name')).to.deep.equal({ a: 1 })
  })

  it('works alone, without a secret', async () => {
    const a = await s.member({ secret: undefined, transport: undefined })
    await a.mesh.set('name', { a: 1 })
    expect(await a.mesh.get('name')).to.deep.equal({ a: 1 })
    await a.mesh.delete('name')
    expect(await a.mesh.get('name')).to.equal(undefined)
  })
})
