import { expect } from 'chai'
import { createWriteGap } from '../src/github/write-gap.ts'

describe('the gap between writes', () => {
  /** Where turns come, and what has become of each after all that can happen at once. */
  function line(gapMs: number) {
    const time = { now: 0 }
    let held = 0
    const turn = createWriteGap(
      gapMs,
      () => time.now,
      () => held++
    )
    const seen: string[] = []
    return {
      time,
      seen,
      held: () => held,
      ask(viewer: string, name: string, signal?: AbortSignal) {
        const over = turn(viewer, signal).then(
          () => seen.push(name),
          (reason) => seen.push(`${name}: ${reason}`)
        )
        return over
      },
      settle: () => new Promise<void>((resolve) => setTimeout(resolve))
    }
  }
  const hourMs = 3_600_000

  it('lets the first of each token go at once, and the next one of a token wait', async () => {
    const { ask, seen, held, settle } = line(hourMs)
    void ask('a', 'first')
    const control = new AbortController()
    void ask('a', 'second', control.signal)
    void ask('b', 'of another token')
    await settle()
    expect(seen).to.deep.equal(['first', 'of another token'])
    expect(held()).to.equal(1)
    control.abort('given up')
    await settle()
    expect(seen.at(-1)).to.equal('second: given up')
  })

  it('lets one that comes after the gap go at once, too', async () => {
    const { ask, seen, held, time } = line(1000)
    await ask('a', 'first')
    time.now = 1000
    await ask('a', 'second')
    expect(seen).to.deep.equal(['first', 'second'])
    expect(held()).to.equal(0)
  })

  it('keeps the order in which they came, and passes over one that is given up', async () => {
    const { ask, seen, held } = line(1)
    const control = new AbortController()
    const turns = ['1', '2', '3', '4'].map((name) => ask('a', name, name === '2' ? control.signal : undefined))
    control.abort('given up')
    await Promise.all(turns)
    expect(seen.filter((name) => name.length === 1)).to.deep.equal(['1', '3', '4'])
    expect(seen).to.include('2: given up')
    expect(held()).to.equal(3)
  })

  it('begins anew with each that goes', async () => {
    const { ask, seen, time, settle } = line(hourMs)
    await ask('a', 'first')
    time.now = hourMs - 1
    const control = new AbortController()
    const second = ask('a', 'second')
    const third = ask('a', 'third', control.signal)
    await second
    await settle()
    expect(seen).to.deep.equal(['first', 'second'])
    control.abort('given up')
    await third
  })

  it('is no longer than it is, after the clock was set back', async () => {
    const { ask, seen, time } = line(1)
    time.now = hourMs
    await ask('a', 'first')
    time.now = 0
    await ask('a', 'second')
    expect(seen).to.deep.equal(['first', 'second'])
  })

  it('may be none', async () => {
    const { ask, seen, held } = line(0)
    await Promise.all(['1', '2', '3'].map((name) => ask('a', name)))
    expect(seen).to.deep.equal(['1', '2', '3'])
    expect(held()).to.equal(0)
  })
})
