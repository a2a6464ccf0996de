import { expect } from 'chai'
import { createGraphqlCache } from '../src/proxy/graphql-cache.ts'

describe('answers to GraphQL queries', () => {
  let now = 0
  let asked: string[]
  const mebibyte = 1024 * 1024
  const { signal } = new AbortController()
  const json = (text: string) => new Response(JSON.stringify({ data: { text } }))
  const create = (bounds: { ttlMs?: number; maxEntries?: number; maxBytes?: number } = {}) =>
    createGraphqlCache({ ttlMs: 60_000, now: () => now, ...bounds })

  /** What the cache says of where an answer came from, and its age. */
  async function ask(cache: ReturnType<typeof create>, question: string, text = question, mode?: RequestCache) {
    const answer = await cache.answer(
      question,
      async () => {
        asked.push(question)
        return json(text)
      },
      { signal, ...(mode && { mode }) }
    )
    return { body: JSON.parse(answer.body.toString()).data.text, age: answer.headers.get('age') }
  }

  beforeEach(() => {
    now = Date.UTC(2026, 0, 1)
    asked = []
  })

  it('are kept as long as was said, counted from when GitHub was asked', async () => {
    const cache = create()
    await ask(cache, 'a')
    now += 59_999
    expect(await ask(cache, 'a')).to.deep.equal({ body: 'a', age: '59' })
    now += 2
    expect(await ask(cache, 'a', 'new')).to.deep.equal({ body: 'new', age: '0' })
    expect([asked, cache.hits]).to.deep.equal([['a', 'a'], 1])
  })

  it('are kept for a part of a millisecond too', async () => {
    const cache = create({ ttlMs: 1.001 * 1000 })
    await ask(cache, 'a')
    await ask(cache, 'a')
    expect(asked).to.deep.equal(['a'])
  })

  it('are dropped when there are too many, the least recently used first', async () => {
    const cache = create({ maxEntries: 2 })
    for (const question of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(cache, question)
    expect(asked).to.deep.equal(['a', 'b', 'c', 'b'])
  })

  it('are dropped when they are too large together, and not kept when one alone is a quarter of that', async () => {
    const cache = create({ maxBytes: 4 * mebibyte })
    const large = 'x'.repeat(mebibyte - 100)
    for (const question of ['a', 'b', 'c', 'd', 'e', 'b', 'a']) await ask(cache, question, large)
    expect(asked).to.deep.equal(['a', 'b', 'c', 'd', 'e', 'a'])
    await ask(cache, 'huge', 'x'.repeat(mebibyte))
    await ask(cache, 'huge', 'x'.repeat(mebibyte))
    expect(asked.slice(6)).to.deep.equal(['huge', 'huge'])
  })

  it('are not replaced by one that was asked for earlier', async () => {
    const cache = create()
    let send: ((response: Response) => void) | undefined
    const slow = new Promise<Response>((resolve) => {
      send = resolve
    })
    const early = cache.answer('a', () => slow, { signal, mode: 'no-cache' })
    now += 1000
    await ask(cache, 'a', 'late', 'no-cache')
    send?.(json('early'))
    expect((await early).body.toString()).to.equal('{"data":{"text":"early"}}')
    expect((await ask(cache, 'a')).body).to.equal('late')
  })

  it('that were asked for before a write are not kept, nor joined after it', async () => {
    const cache = create()
    let send: ((response: Response) => void) | undefined
    const slow = new Promise<Response>((resolve) => {
      send = resolve
    })
    const before = cache.answer('a', () => slow, { signal })
    cache.clear()
    expect((await ask(cache, 'a', 'after')).body).to.equal('after')
    send?.(json('before'))
    await before
    expect((await ask(cache, 'a')).body).to.equal('after')
  })

  it('are given up when nobody waits any more, and not before', async () => {
    const cache = create()
    const [one, two] = [new AbortController(), new AbortController()]
    let ended: AbortSignal | undefined
    const never = (signal: AbortSignal) => {
      ended = signal
      return new Promise<Response>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    const reasonOf = (answer: Promise<unknown>) => answer.catch((error: Error) => error.message)
    const first = reasonOf(cache.answer('a', never, { signal: one.signal }))
    const second = reasonOf(cache.answer('a', never, { signal: two.signal }))
    one.abort(new Error('one left'))
    expect([await first, ended?.aborted]).to.deep.equal(['one left', false])
    two.abort(new Error('two left'))
    expect([await second, ended?.aborted]).to.deep.equal(['two left', true])
    expect((await ask(cache, 'a')).body).to.equal('a')
  })
})
