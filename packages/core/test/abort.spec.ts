import { expect } from 'chai'
import { abortable } from '../src/abort.ts'

const settled = (promise: Promise<unknown>) =>
  promise.then(
    (value) => ({ value }),
    (reason) => ({ reason })
  )

describe('abortable', () => {
  const never = new Promise<never>(() => {})

  it('settles as the promise does', async () => {
    const { signal } = new AbortController()
    expect(await abortable(Promise.resolve(1), signal)).to.equal(1)
    expect(await abortable(Promise.resolve(1), null)).to.equal(1)
    expect(await settled(abortable(Promise.reject('no'), signal))).to.deep.equal({ reason: 'no' })
  })

  it('rejects with the reason, before or after it began', async () => {
    expect(await settled(abortable(never, AbortSignal.abort('early')))).to.deep.equal({ reason: 'early' })
    const control = new AbortController()
    const waiting = settled(abortable(never, control.signal))
    control.abort('late')
    expect(await waiting).to.deep.equal({ reason: 'late' })
  })

  it('leaves no unhandled rejection behind when what was given up fails', async () => {
    const unhandled: unknown[] = []
    const heard = (event: unknown) => unhandled.push(event)
    const { process } = globalThis as {
      process?: { on(e: string, f: unknown): void; off(e: string, f: unknown): void }
    }
    if (process?.on) process.on('unhandledRejection', heard)
    else addEventListener('unhandledrejection', heard)
    await settled(abortable(Promise.reject(new Error('too late')), AbortSignal.abort('gone')))
    await new Promise((resolve) => setTimeout(resolve))
    if (process?.on) process.off('unhandledRejection', heard)
    else removeEventListener('unhandledrejection', heard)
    expect(unhandled).to.deep.equal([])
  })

  it('lets go of the signal once it is settled', async () => {
    const { signal } = new AbortController()
    let listening = 0
    const { addEventListener, removeEventListener } = signal
    signal.addEventListener = (...args: unknown[]) => {
      listening++
      Reflect.apply(addEventListener, signal, args)
    }
    signal.removeEventListener = (...args: unknown[]) => {
      listening--
      Reflect.apply(removeEventListener, signal, args)
    }
    await abortable(Promise.resolve(), signal)
    await Promise.resolve()
    expect(listening).to.equal(0)
  })
})
