import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { createMesh, MeshError, type MeshOptions } from 'ghmesh'

const shown = 'an-unlikely-value'
const invalid: [variable: string, values: string[], takes: RegExp][] = [
  ['CACHE_P2P_SHARED_SECRET', [`ghm1_${shown}`, 'ghm1_'], /ghm1_/],
  ['GHMESH_SECRET', [`ghm1_${shown}`], /ghm1_/],
  ['GITHUB_REPOSITORY', [shown, 'a/b/c', 'https://github.com/a/b', 'a b/c'], /owner\/repo/],
  ['CACHE_LISTEN_PORT', [shown, '-1', '65536', '91.5', 'NaN', 'Infinity'], /0 to 65535/],
  ['RUNNER_NAME', ['x'.repeat(129)], /1 to 128/],
  ['IPFS_ACCELERATE_P2P_FORCE_LOCALHOST', [shown, '2', 'maybe'], /true or false/],
  ['GHMESH_GRAPHQL_TTL', [shown, '-1', 'NaN'], /number of seconds/],
  ['GHMESH_SHARE_SAME_TOKEN', [shown, '2', 'maybe'], /true or false/],
  ['IPFS_ACCELERATE_PUBLIC_IP', [shown, '300.1.1.1', '10.0.0.1:80', 'localhost'], /IPv4 or IPv6/],
  ['CACHE_BOOTSTRAP_PEERS', [shown, '/ip4/1.2.3.4/tcp/1', '/ip4/1.2.3.4/tcp/1/p2p/QmX,x'], /multiaddrs/],
  ['CACHE_DEFAULT_TTL', [shown, '-1', 'NaN', 'Infinity', '1e300'], /number of seconds/],
  ['GH_TOKEN', [`${shown} with spaces`, `${shown}\u00e9`], /token/],
  ['GITHUB_TOKEN', [`${shown}\ttab`], /token/],
  [
    'GITHUB_API_URL',
    [shown, 'ftp://x', 'https://x/?q=1', `https://user:${shown}@x/`, `https://x/?a=1&access_token=${shown}`, '/api/v3'],
    /http/
  ]
]
const secret = new Set(['CACHE_P2P_SHARED_SECRET', 'GHMESH_SECRET', 'GH_TOKEN', 'GITHUB_TOKEN'])
const all = [
  ...invalid.map(([name]) => name),
  'IPFS_ACCELERATE_P2P_CACHE_DIR',
  'GHMESH_PEERS_DIR',
  'IPFS_ACCELERATE_CACHE_DIR',
  'CACHE_DIR',
  'GHMESH_RELAYS'
]

describe('variables with values that cannot be', () => {
  let before: NodeJS.ProcessEnv
  beforeEach(() => {
    before = { ...process.env }
    for (const name of all) delete process.env[name]
  })
  afterEach(() => {
    for (const name of all) delete process.env[name]
    Object.assign(process.env, before)
  })

  const failure = (options: MeshOptions = {}): Promise<MeshError> =>
    createMesh(options).then(
      async (mesh) => {
        await mesh.stop()
        throw new Error('it was taken')
      },
      (error) => error
    )

  for (const [name, values, takes] of invalid) {
    for (const value of values) {
      it(`${name}=${value.slice(0, 40)}`, async () => {
        process.env[name] = value
        const error = await failure()
        expect(error).to.be.instanceOf(MeshError)
        expect(error.code).to.equal('ERR_INVALID_OPTION')
        expect(error.message).to.match(takes)
        expect(error.message).to.include(name)
        if (secret.has(name) || /user:|token=/.test(value))
          expect(`${error.message} ${error.stack} ${error.cause}`).to.not.include(shown)
        else expect(error.message).to.include(JSON.stringify(value).slice(0, 100))
      })
    }
  }

  it('an option wins over its variable, and an empty variable is none', async () => {
    process.env.CACHE_LISTEN_PORT = 'rubbish'
    process.env.GITHUB_REPOSITORY = ' '
    process.env.CACHE_BOOTSTRAP_PEERS = ''
    process.env.XDG_CACHE_HOME = '/dev/null'
    const mesh = await createMesh({ listenPort: 0, token: 'x', logger: { ...console, warn() {} } })
    await mesh.stop()
  })

  it('options with the same values: named, shown, and secrets not shown', async () => {
    const bad: [MeshOptions, string][] = [
      [{ secret: [] }, 'secret'],
      [{ secret: [shown, ' '] }, 'secret'],
      [{ token: `${shown} x` }, 'token'],
      [{ listenPort: 0.5 }, 'listenPort'],
      [{ ttlMs: Number.NaN }, 'ttlMs'],
      [{ trust: 'all' as never }, 'trust'],
      [{ share: {} as never }, 'share'],
      [{ store: {} as never }, 'store'],
      [{ limits: { proofMs: -1 } }, 'limits'],
      [{ limits: { nonsense: 1 } as never }, 'limits'],
      [{ nonsense: 1 } as never, 'nonsense'],
      [{ bootstrap: ['x'] }, 'bootstrap']
    ]
    for (const [options, name] of bad) {
      const error = await failure(options)
      expect([error.code, error.message.includes(name)], error.message).to.deep.equal(['ERR_INVALID_OPTION', true])
      expect(error.message).to.not.include(shown)
    }
  })

  it('in a process of its own: one clear line, and no secret in what it prints', async () => {
    const script =
      "import { createMesh } from 'ghmesh'; await createMesh().catch((e) => { console.error(String(e)); process.exitCode = 2 })"
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      env: { PATH: process.env.PATH, CACHE_P2P_SHARED_SECRET: `ghm1_${shown}`, GH_TOKEN: shown }
    })
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    expect({ code, output }).to.deep.equal({ code: 2, output: '' })
    expect(errors).to.match(/^MeshError: .*ghm1_.*\n$/)
    expect(errors).to.not.include(shown)
  })
})
