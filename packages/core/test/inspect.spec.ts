import { expect } from 'chai'
import * as fc from 'fast-check'
import { utf8 } from '../src/bytes.ts'
import { inspect } from '../src/github/inspect.ts'
import { maxJsonDepth, scanJson } from '../src/github/scan-json.ts'
import { inSlices } from '../src/in-slices.ts'

const inspected = (value: unknown, asked?: string) =>
  inspect(utf8(typeof value === 'string' ? value : JSON.stringify(value)), true, asked)

describe('inspect', () => {
  it('counts the items of an array', async () => {
    expect(await inspected([1, 2])).to.deep.equal({
      variant: false,
      secret: false,
      damaged: false,
      draft: false,
      unfinished: false,
      hidden: false,
      items: 2,
      list: { items: 0 }
    })
    expect((await inspected({ items: [1] })).items).to.equal(undefined)
  })

  it('counts the items of the lists in an object, and tells how many there are on all pages', async () => {
    const list = async (body: unknown) => (await inspected(body)).list
    expect(await list({ total_count: 7, workflow_runs: [1, [2], { three: [3, 4] }] })).to.deep.equal({
      items: 3,
      total: 7
    })
    expect(await list({ commits: [1, 2], files: [3], more: { not: [4] } })).to.deep.equal({ items: 3 })
    expect(await list({ total_count: '7', run: { total_count: 1 } })).to.deep.equal({ items: 0 })
    expect(await list([[1, 2], { total_count: 7 }])).to.deep.equal({ items: 0 })
  })

  it('finds what depends on the viewer, at any depth', async () => {
    for (const field of [
      'permissions',
      'role_name',
      'viewer_subscription',
      'viewer_can_react',
      'current_user_url',
      'security_and_analysis',
      'allow_squash_merge'
    ])
      for (const value of [{ [field]: false }, [{ repo: { [field]: {} } }], { a: [{ [field]: null }] }])
        expect((await inspected(value)).variant, field).to.equal(true)
    for (const field of ['permission', 'viewers', 'allow_forking', 'my_permissions', 'name'])
      expect((await inspected({ [field]: 1 })).variant, field).to.equal(false)
  })

  it('finds credentials and private profiles', async () => {
    const secrets: unknown[] = [
      { temp_clone_token: 'ABC' },
      [{ repo: { temp_clone_token: 'ABC' } }],
      { download_url: 'https://raw.example/o/r/f?token=ABC' },
      '{"url":"https://raw.example/o/r/f?a=1\\u0026token=ABC"}',
      { url: 'https://x/?access_token=ABC' },
      { two_factor_authentication: false },
      { total_private_repos: 0 },
      { login: 'octo', plan: { name: 'pro', private_repos: 20 } },
      ...['ghp', 'gho', 'ghu', 'ghs', 'ghr', 'github_pat'].map((prefix) => ({
        body: `my token is ${prefix}_${'a1B2'.repeat(9)}!`
      })),
      { body: `ghs_123456_${'eyJhb'.repeat(6)}` }
    ]
    for (const body of secrets) expect((await inspected(body)).secret, JSON.stringify(body)).to.equal(true)
    for (const body of [
      { temp_clone_token: '' },
      { temp_clone_token: null },
      { next_token: 'x' },
      { url: 'https://x/?tokens=1' },
      { body: 'ghp_short' }
    ])
      expect((await inspected(body)).secret, JSON.stringify(body)).to.equal(false)
  })

  // https://docs.github.com/rest/pulls/pulls#get-a-pull-request, and what was recorded of closed ones.
  it('sees that GitHub still finds out whether an open pull request can be merged', async () => {
    const open = { state: 'open', mergeable: null }
    expect((await inspected(open)).unfinished).to.equal(true)
    expect((await inspected({ mergeable: null, head: { state: 'closed' }, state: 'open' })).unfinished).to.equal(true)
    for (const other of [
      { ...open, state: 'closed' },
      { ...open, mergeable: false },
      { mergeable: null },
      [open],
      { pull: open },
      { state: 'open', base: { mergeable: null } }
    ])
      expect((await inspected(other)).unfinished, JSON.stringify(other)).to.equal(false)
  })

  it('finds drafts wherever they stand', async () => {
    expect((await inspected([{ draft: false }, { draft: true }])).draft).to.equal(true)
    for (const other of [{ draft: false }, { draft: 'true' }, { prerelease: true }])
      expect((await inspected(other)).draft, JSON.stringify(other)).to.equal(false)
  })

  it('searches what is no JSON as text, and finds a token beside bytes that are no UTF-8', async () => {
    const token = `ghp_${'a'.repeat(36)}`
    expect(await inspect(utf8(`export TOKEN=${token}`), false)).to.include({ variant: false, secret: true })
    expect((await inspect(new Uint8Array([0xff, 0x20, ...utf8(token)]), false)).secret).to.equal(true)
    expect(await inspect(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff), false)).to.include({
      variant: false,
      secret: false
    })
    expect((await inspect(utf8('{"permissions":1}'), false)).variant).to.equal(false)
  })

  it('holds what says JSON and is not for secret: nothing is known of it', async () => {
    for (const body of ['<html>Sign in to the network</html>', '', '{"a":', '\u0000'])
      expect((await inspected(body)).secret, body).to.equal(true)
  })

  it("reads a repository's visibility, and believes public only where all agrees", async () => {
    const repository = { id: 7, full_name: 'Octo/Tools', private: false }
    const read = async (parts: object) => (await inspected({ ...repository, ...parts })).repository
    expect(await read({})).to.deep.equal({ id: '7', name: 'octo/tools', public: true })
    expect((await read({ visibility: 'public' }))?.public).to.equal(true)
    expect((await read({ visibility: 'internal' }))?.public).to.equal(false)
    expect((await read({ private: true, visibility: 'public' }))?.public).to.equal(false)
    for (const parts of [{ private: 0 }, { private: undefined }, { id: '7' }, { full_name: null }])
      expect(await read(parts)).to.equal(undefined)
  })

  it('… of the repository that was asked about inside a body too, and of no other there', async () => {
    const own = { id: 7, full_name: 'Octo/Tools', private: false }
    const fork = { id: 8, full_name: 'fork/tools', private: false }
    const pull = (parts = {}) => ({ id: 1, base: { repo: { ...own, ...parts } }, head: { repo: fork } })
    const read = async (body: unknown, asked?: string) => (await inspected(body, asked)).repository
    for (const asked of ['octo/tools', 'repositories/7']) {
      for (const body of [pull(), [pull(), pull()], { workflow_runs: [{ repository: own }] }])
        expect(await read(body, asked)).to.deep.equal({ id: '7', name: 'octo/tools', public: true })
      for (const body of [pull({ private: true }), [pull(), pull({ private: true }), pull()]])
        expect((await read(body, asked))?.public).to.equal(false)
    }
    for (const asked of ['octo/tool', 'repositories/70', undefined])
      expect(await read([pull()], asked)).to.equal(undefined)
  })

  it('finds what only some may see, at any depth, and whether the name is written with escapes', async () => {
    const hiding = [
      { private: true },
      { visibility: 'internal' },
      { private: false, visibility: 'private' },
      { full_name: 'octo/other', private: true },
      { id: 8, private: true },
      { privacy: 'closed' },
      { privacy: 'secret' }
    ]
    for (const object of hiding)
      for (const body of [object, [object], { source: { issue: { repository: object } } }, [[{}, [object]]]])
        expect((await inspected(body, 'octo/tools')).hidden, JSON.stringify(body)).to.equal(true)
    for (const text of ['{"priv\\u0061te":true}', '{"\\u0070rivate":true}', '[{"p\\u0072ivate" : true }]'])
      expect((await inspected(text)).hidden, text).to.equal(true)
    for (const body of [{ private: false }, { private: 'true' }, { visibility: 'public' }, { title: '"private":true' }])
      expect((await inspected([body])).hidden, JSON.stringify(body)).to.equal(false)
  })

  it('finds values of an organization’s fields, and a parent in another repository', async () => {
    const parent = (url: unknown) => ({ number: 2, parent_issue_url: url })
    const at = (repository: string) => parent(`https://api.github.com/repos/${repository}/issues/1`)
    const values = { issue_field_values: [{ issue_field_id: 5, node_id: 'IFT_x', data_type: 'text', value: 'P0' }] }
    for (const one of [values, at('octo/plans'), at('octo/tools2'), parent('elsewhere'), parent(7)])
      for (const body of [one, [one], { items: [one] }])
        expect((await inspected(body, 'octo/tools')).hidden, JSON.stringify(body)).to.equal(true)
    for (const one of [{ issue_field_values: [] }, { issue_field_values: null }, parent(null), at('Octo/Tools')])
      expect((await inspected([one], 'octo/tools')).hidden, JSON.stringify(one)).to.equal(false)
    expect((await inspected('{"p\\u0061rent_issue_url":""}')).hidden).to.equal(true)
    expect((await inspected('{"is\\u0073ue_field_id":1}')).hidden).to.equal(true)
  })

  it('does not call the repository that was asked about hidden, by its name or its id', async () => {
    const own = { id: 7, full_name: 'Octo/Tools', private: true, visibility: 'private' }
    for (const body of [own, { head: { repo: own } }, [{ repository: own }, { repository: own }]]) {
      for (const asked of ['octo/tools', 'repositories/7'])
        expect((await inspected(body, asked)).hidden, asked).to.equal(false)
      for (const asked of ['octo/tool', 'repositories/70', 'repositories/undefined', undefined])
        expect((await inspected(body, asked)).hidden, asked).to.equal(true)
    }
    expect((await inspected([own, { private: true }], 'octo/tools')).hidden).to.equal(true)
    expect((await inspected({ ...own, fork: { private: true } }, 'octo/tools')).hidden).to.equal(true)
  })

  it('counts of a property that stands twice what hides more', async () => {
    for (const twice of ['"private":true,"private":false', '"private":false,"private":true'])
      expect((await inspected(`{"id":7,"full_name":"o/r",${twice}}`)).repository).to.deep.equal({
        id: '7',
        name: 'o/r',
        public: false
      })
  })

  it('takes what is nested deeper than any answer of GitHub for no JSON', async () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect((await inspected(nested(maxJsonDepth))).secret).to.equal(false)
    for (const depth of [maxJsonDepth + 1, 1_000_000]) expect((await inspected(nested(depth))).secret).to.equal(true)
  })

  it('finds a credential wherever it stands in a large body, and none that is the end of a longer word', async () => {
    const token = `ghp_${'a'.repeat(36)}`
    for (let at = 262_144 - 80; at <= 262_144 + 4; at += 3) {
      const before = 'x'.repeat(at)
      expect((await inspect(utf8(`${before} ${token}`), false)).secret, `at ${at}`).to.equal(true)
      expect((await inspect(utf8(`${before}${token}`), false)).secret, `no word at ${at}`).to.equal(false)
    }
  })

  it('lets others run while it looks into a large body', async () => {
    const body = utf8(
      JSON.stringify(Array.from({ length: 60_000 }, (_, n) => ({ path: `src/${n}`, sha: 'f'.repeat(40) })))
    )
    let ran = false
    setTimeout(() => {
      ran = true
    })
    expect((await inspect(body, true)).items).to.equal(60_000)
    expect(ran).to.equal(true)
  })
})

describe('inspect: as a reader of the whole text would', () => {
  /** JSON as it may be written: names twice, escapes where none is needed, white space. */
  type Node = { text: string; items?: number; fields: [name: string, value: unknown][] }
  const names = [
    'private',
    'visibility',
    'full_name',
    'id',
    'permissions',
    'viewer_x',
    'issue_field_id',
    'temp_clone_token',
    'privacy',
    'path'
  ]
  const space = fc.stringMatching(/^[ \n\r\t]{0,2}$/)
  const escaped = (text: string, mask: number) =>
    `"${[...JSON.stringify(text).slice(1, -1)]
      .map((c, i) =>
        mask & (1 << (i % 8)) && /\w/.test(c) ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c
      )
      .join('')}"`
  // What stands behind a backslash is part of an escape, and stays as it is.
  const written = fc
    .tuple(fc.oneof(fc.constantFrom(...names), fc.string()), fc.nat(255))
    .map(([text, mask]) => ({ value: text, text: !/^[\w ]*$/.test(text) ? JSON.stringify(text) : escaped(text, mask) }))
  const scalar = fc.oneof(
    fc
      .constantFrom('true', 'false', 'null', '0', '-1.50e+3', '7', '""', '"public"', '"private"')
      .map((text) => ({ value: JSON.parse(text), text })),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((n) => ({ value: JSON.parse(JSON.stringify(n)), text: JSON.stringify(n) })),
    written
  )
  const { node } = fc.letrec<{ node: Node; array: Node; object: Node }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      scalar.map(({ text }): Node => ({ text, fields: [] })),
      tie('array'),
      tie('object')
    ),
    array: fc.tuple(fc.array(tie('node'), { maxLength: 4 }), space).map(
      ([nodes, s]): Node => ({
        text: `[${s}${nodes.map(({ text }) => text + s).join(`,${s}`)}]${s}`,
        items: nodes.length,
        fields: nodes.flatMap(({ fields }) => fields)
      })
    ),
    object: fc
      .tuple(
        fc.array(
          fc.tuple(
            written,
            fc.oneof(
              scalar.map((one) => ({ ...one, fields: [] })),
              fc.oneof(tie('array'), tie('object')).map((one) => ({ ...one, value: {} }))
            )
          ),
          { maxLength: 5 }
        ),
        space
      )
      .map(
        ([fields, s]): Node => ({
          text: `{${s}${fields.map(([name, { text }]) => `${name.text}${s}:${s}${text}${s}`).join(`,${s}`)}}${s}`,
          fields: fields.flatMap(([name, one]): [string, unknown][] => [[name.value, one.value], ...one.fields])
        })
      )
  }))

  it('finds the same in whatever is written', () =>
    fc.assert(
      fc.asyncProperty(node, async ({ text, items, fields }) => {
        JSON.parse(text)
        const { variant, secret, hidden, items: counted } = await inspect(utf8(text), true)
        const has = (holds: (name: string, value: unknown) => unknown) =>
          fields.some(([name, value]) => holds(name, value))
        expect({ variant, secret, hidden, items: counted }).to.deep.equal({
          variant: has((name) => /^(?:permissions|viewer_x)$/.test(name)),
          secret: has((name, value) => name === 'temp_clone_token' && value),
          hidden: has(
            (name, value) =>
              (name === 'private' && value === true) ||
              (name === 'visibility' && value !== 'public') ||
              (name === 'privacy' && typeof value === 'string') ||
              name === 'issue_field_id'
          ),
          items
        })
      }),
      { numRuns: 500 }
    ))

  it('knows what is JSON and what is not, as JSON.parse does', () => {
    const near = fc
      .array(
        fc.constantFrom(...'{}[]:,"\\/ut0a1-+.eEn\n \u0000\ufeff\u00e9', 'true', 'fals', 'null', '"a"', '\\u00e9', '01')
      )
      .map((parts) => parts.join(''))
    const broken = fc
      .tuple(node, fc.nat(), fc.constantFrom('', '"', ',', ']', '}', 'x', '\\', ' '))
      .map(
        ([{ text }, at, put]) =>
          text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + (at % 2))
      )
    const isJson = (body: Uint8Array) => {
      try {
        JSON.parse(new TextDecoder().decode(body))
        return true
      } catch {
        return false
      }
    }
    return fc.assert(
      fc.asyncProperty(
        fc.oneof(near.map(utf8), broken.map(utf8), fc.json().map(utf8), fc.uint8Array()),
        async (body) => {
          const scanned = await inSlices(scanJson(body, { mayMatter: () => true, property() {}, endOfObject() {} }))
          expect(scanned !== undefined).to.equal(isJson(body))
        }
      ),
      { numRuns: 5000 }
    )
  })
})
