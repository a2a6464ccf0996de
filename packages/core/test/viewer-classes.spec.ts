import { expect } from 'chai'
import { utf8 } from '../src/bytes.ts'
import type { Entry } from '../src/entry.ts'
import { createViewerClasses } from '../src/flow/viewer-classes.ts'

const body = (push: boolean | undefined, confirmed: Record<string, number> = {}) =>
  ({
    variant: true,
    confirmed,
    body: utf8(JSON.stringify({ id: 1, ...(push !== undefined && { permissions: { push } }) }))
  }) as unknown as Entry
const alice = (repository: string) => ({ viewer: 'alice', repository })
const held = (entry: Entry, ...others: Entry[]) => ({ entry, others, varies: true, permitted: false, fresh: true })

describe('viewer classes', () => {
  it('are learnt for each viewer and owner, the last one counts, and nothing is said of others', () => {
    const classes = createViewerClasses()
    classes.learn(alice('octo/one'), body(true))
    expect(classes.seesOtherwise(alice('octo/two'), body(false))).to.equal(true)
    expect(classes.seesOtherwise(alice('octo/two'), body(true))).to.equal(false)
    for (const other of [
      alice('cat/two'),
      { viewer: 'bob', repository: 'octo/one' },
      { viewer: 'alice', repository: undefined }
    ])
      expect(classes.seesOtherwise(other, body(false))).to.equal(false)
    classes.learn(alice('octo/two'), body(false))
    expect(classes.seesOtherwise(alice('octo/one'), body(false))).to.equal(false)
  })

  it('say nothing of bodies without permissions, and learn nothing from what does not vary', () => {
    const classes = createViewerClasses()
    classes.learn(alice('octo/one'), { ...body(true), variant: false })
    expect(classes.seesOtherwise(alice('octo/one'), body(false))).to.equal(false)
    classes.learn(alice('octo/one'), body(true))
    classes.learn(alice('octo/one'), body(undefined))
    expect(classes.seesOtherwise(alice('octo/one'), body(undefined))).to.equal(false)
    expect(classes.seesOtherwise(alice('octo/one'), body(false))).to.equal(true)
  })

  it('put the body first that the viewer is likely to see, unless it has seen the first one itself', () => {
    const classes = createViewerClasses()
    const [reader, writer, older] = [body(false), body(true), body(false)]
    classes.learn(alice('octo/one'), writer)
    const ordered = classes.likeliest(alice('octo/two'), held(reader, older, writer))
    expect([ordered.entry, ...ordered.others]).to.deep.equal([writer, reader, older])
    const seen = held(body(false, { alice: 5 }), writer)
    for (const same of [held(writer, reader), held(reader, older), seen, { ...held(reader, writer), varies: false }])
      expect(classes.likeliest(alice('octo/two'), same)).to.equal(same)
  })
})
