import { expect } from 'chai'
import type { Entry } from '../src/entry.ts'
import { type AnnounceOptions, createAnnounce } from '../src/flow/announce.ts'
import type { ApiRequest } from '../src/github/request.ts'
import { anEntry } from './fixtures/entries.ts'

const now = 1_000_000

describe('an own answer of a repository that was looked up for members', () => {
  /** The entry as it is held then. `isHidden`: GitHub has refused something of it meanwhile, after that look. */
  async function heldAfter(isHidden: boolean): Promise<Entry> {
    let held = anEntry({ public: false })
    const announce = createAnnounce({
      cache: {
        async touch(_key: string, change: (entry: Entry) => Entry) {
          held = change(held)
          return true
        }
      },
      visibility: { isPublic: async () => true, shownAt: () => now, isHidden: () => isHidden },
      purges: { at: () => 0 },
      members: { isAlone: false, announce() {} },
      mayShare: () => !isHidden
    } as Partial<Record<keyof AnnounceOptions, unknown>> as AnnounceOptions)
    const request = { authorization: 'token x', viewer: 'me', apiVersion: '', repository: 'octo/tools' }
    const { state } = await announce.share(request as ApiRequest, 'key', held)
    expect(state).to.equal(isHidden ? 'nothing' : 'stored')
    return held
  }

  it('is for everybody where that shows it to be public', async () => {
    expect(await heldAfter(false)).to.deep.include({ public: true, publicAt: now })
  })

  it('stays its viewer’s where GitHub has refused something of it meanwhile', async () => {
    const { public: isPublic, publicAt } = await heldAfter(true)
    expect([isPublic, publicAt]).to.deep.equal([false, undefined])
  })
})

describe('an own answer of which members are told only when one asks for it', () => {
  it('is the newest, also where another one was being looked up as it came', async () => {
    let held = anEntry({ public: false, hash: '01' })
    const told: string[] = []
    let shown: number | undefined
    let lookedUp = () => {}
    const looking = new Promise<boolean>((resolve) => {
      lookedUp = () => {
        shown = now
        resolve(true)
      }
    })
    const announce = createAnnounce({
      api: { repositoryOf: () => undefined },
      cache: {
        find: async (key: string) => ({ key, entries: [held] }),
        touch: async () => true
      },
      visibility: { isPublic: () => looking, shownAt: () => shown, isHidden: () => false },
      purges: { at: () => 0 },
      members: {
        isAlone: false,
        hears: () => false,
        unsettled() {},
        announce: (_key: string, { hash }: Entry) => void told.push(hash)
      },
      limits: { confirmationMs: 60_000 },
      githubNow: () => now,
      mayShare: () => true
    } as Partial<Record<keyof AnnounceOptions, unknown>> as AnnounceOptions)
    const request = { authorization: 'token x', viewer: 'me', apiVersion: '', repository: 'octo/tools' } as ApiRequest
    expect(await announce.share(request, 'key', held)).to.deep.equal({ state: 'failed' })
    const settled = announce.settle('key')
    await new Promise((resolve) => setTimeout(resolve))
    held = anEntry({ public: false, hash: '02' })
    expect(await announce.share(request, 'key', held)).to.deep.equal({ state: 'failed' })
    lookedUp()
    await settled
    await announce.settle('key')
    expect(told).to.deep.equal(['01', '02'])
    await announce.settle('key')
    expect(told, 'each once').to.deep.equal(['01', '02'])
  })
})
