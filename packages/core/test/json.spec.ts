import { expect } from 'chai'
import * as fc from 'fast-check'
import { text, utf8 } from '../src/bytes.ts'
import { compact, inspect } from '../src/github/json.ts'

const compacted = (json: string) => text(compact(utf8(json)))
const inspected = (value: unknown) => inspect(utf8(typeof value === 'string' ? value : JSON.stringify(value)), true)

describe('json: compact', () => {
  it('means the same, has no white space left, and is its own compact form', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, 2, '\t', '\n'), (value, space) => {
        const once = compacted(JSON.stringify(value, null, space))
        expect(once).to.equal(JSON.stringify(value))
        expect(compacted(once)).to.equal(once)
      })
    )
  })

  it('leaves numbers and strings as they are written', () => {
    expect(compacted('{ "score" : 0.0 ,\r\n\t"id": 12345678901234567890, "e": 1E2 }')).to.equal(
      '{"score":0.0,"id":12345678901234567890,"e":1E2}'
    )
    expect(compacted('[ " a \\" b \\\\" , "\\u0020" ]')).to.equal('[" a \\" b \\\\","\\u0020"]')
  })

  it('never adds, reorders or invents a byte, whatever it is given', () => {
    const nearJson = fc.string({ unit: fc.constantFrom('"', '\\', ' ', '\n', 'a', '{', ',') }).map(utf8)
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), nearJson), (bytes) => {
        let at = 0
        for (const byte of compact(bytes)) {
          while (at < bytes.length && bytes[at] !== byte) at++
          expect(at++).to.be.below(bytes.length)
        }
      })
    )
    expect(compacted('  "\\')).to.equal('"\\')
  })
})

describe('json: inspect', () => {
  it('counts the items of an array', () => {
    expect(inspected([1, 2])).to.deep.equal({ variant: false, secret: false, items: 2 })
    expect(inspected({ items: [1] }).items).to.equal(undefined)
  })

  it('finds what depends on the viewer, at any depth', () => {
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
        expect(inspected(value).variant, field).to.equal(true)
    for (const field of ['permission', 'viewers', 'allow_forking', 'my_permissions', 'name'])
      expect(inspected({ [field]: 1 }).variant, field).to.equal(false)
  })

  it('finds credentials and private profiles', () => {
    const secrets: unknown[] = [
      { temp_clone_token: 'ABC' },
      [{ repo: { temp_clone_token: 'ABC' } }],
      { download_url: 'https://raw.example/o/r/f?token=ABC' },
      '{"url":"https://raw.example/o/r/f?a=1\\u0026token=ABC"}',
      { url: 'https://x/?access_token=ABC' },
      { two_factor_authentication: false },
      { total_private_repos: 0 },
      ...['ghp', 'gho', 'ghu', 'ghs', 'ghr', 'github_pat'].map((prefix) => ({
        body: `my token is ${prefix}_${'a1B2'.repeat(9)}!`
      })),
      { body: `ghs_123456_${'eyJhb'.repeat(6)}` }
    ]
    for (const body of secrets) expect(inspected(body).secret, JSON.stringify(body)).to.equal(true)
    for (const body of [
      { temp_clone_token: '' },
      { temp_clone_token: null },
      { next_token: 'x' },
      { url: 'https://x/?tokens=1' },
      { body: 'ghp_short' }
    ])
      expect(inspected(body).secret, JSON.stringify(body)).to.equal(false)
  })

  it('searches what is no JSON as text, and finds a token beside bytes that are no UTF-8', () => {
    const token = `ghp_${'a'.repeat(36)}`
    expect(inspect(utf8(`export TOKEN=${token}`), false)).to.deep.equal({ variant: false, secret: true })
    expect(inspect(new Uint8Array([0xff, 0x20, ...utf8(token)]), false).secret).to.equal(true)
    expect(inspect(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff), false)).to.deep.equal({ variant: false, secret: false })
    expect(inspect(utf8('{"permissions":1}'), false).variant).to.equal(false)
  })

  it('holds what says JSON and is not for secret: nothing is known of it', () => {
    for (const body of ['<html>Sign in to the network</html>', '', '{"a":', '\u0000'])
      expect(inspected(body).secret, body).to.equal(true)
  })

  it("reads a repository's visibility, and believes public only where all agrees", () => {
    const repository = { id: 7, full_name: 'Octo/Tools', private: false }
    const read = (parts: object) => inspected({ ...repository, ...parts }).repository
    expect(read({})).to.deep.equal({ id: '7', name: 'octo/tools', public: true })
    expect(read({ visibility: 'public' })?.public).to.equal(true)
    expect(read({ visibility: 'internal' })?.public).to.equal(false)
    expect(read({ private: true, visibility: 'public' })?.public).to.equal(false)
    for (const parts of [{ private: 0 }, { private: undefined }, { id: '7' }, { full_name: null }])
      expect(read(parts)).to.equal(undefined)
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array(), fc.boolean(), (bytes, json) => void inspect(bytes, json)))
    fc.assert(fc.property(fc.json(), (json) => void inspect(utf8(json), true)))
  })
})
