import { expect } from 'chai'
import fc from 'fast-check'
import { defaultLimits } from '../src/limits.ts'
import type { MeshOptions } from '../src/options.ts'
import { readEnvironment } from '../src/platform/node/environment.ts'
import { readOptions } from './read-options.ts'

const peer = '12D3KooWKoX63riwyW2VWY5w13isHgQg2R6VsfJQTBKCWD9EPz3X'
const secret = `ghm1_${'s'.repeat(43)}`
const token = `ghp_${'t'.repeat(36)}`
const jwt = `eyJhbGciOiJSUzI1NiJ9.${'a_-1'.repeat(60)}.${'Zz-_'.repeat(60)}`
const installation = `ghs_1234567_${jwt}`

/** Every variable: its option, a value of it, how that is read, and values that it refuses. */
const variables: [name: string, option: keyof MeshOptions, good: string, read: unknown, bad: string[]][] = [
  [
    'CACHE_P2P_SHARED_SECRET',
    'secret',
    secret,
    secret,
    ['ghm1_cut-off', `${secret}x`, `"${secret}"`, secret.toUpperCase()]
  ],
  ['GHMESH_SECRET', 'secret', ' correct horse ', 'correct horse', ['ghm1_cut-off']],
  ['GHMESH_GRAPHQL_TTL', 'graphqlTtlMs', '20', 20_000, ['-1', 'soon']],
  ['GHMESH_SHARE_SAME_TOKEN', 'shareSameToken', 'off', false, ['maybe']],
  [
    'GITHUB_REPOSITORY',
    'repository',
    'octo/tools',
    'octo/tools',
    ['octo', 'octo/tools/x', 'https://x/octo/tools', 'a b/c']
  ],
  ['IPFS_ACCELERATE_GITHUB_REPO', 'repository', 'octo/older', 'octo/older', ['octo']],
  ['CACHE_ENABLE_P2P', 'networking', 'off', false, ['maybe', '2']],
  ['CACHE_LISTEN_PORT', 'listenPort', '0', 0, ['http', '-1', '65536', '80.5', '9100x', 'NaN', 'Infinity']],
  ['RUNNER_NAME', 'name', 'ci-1', 'ci-1', ['x'.repeat(129)]],
  ['IPFS_ACCELERATE_P2P_CACHE_DIR', 'peersDir', '/a', '/a', []],
  ['GHMESH_PEERS_DIR', 'peersDir', '/b', '/b', []],
  ['IPFS_ACCELERATE_P2P_FORCE_LOCALHOST', 'forceLocalhost', 'Yes', true, ['maybe', '2', 'constructor', '__proto__']],
  [
    'IPFS_ACCELERATE_PUBLIC_IP',
    'announceIp',
    '2001:db8::1',
    '2001:db8::1',
    ['example.com', '1.2.3', '1.2.3.4:80', '999.1.1.1']
  ],
  [
    'CACHE_BOOTSTRAP_PEERS',
    'bootstrap',
    `/ip4/192.0.2.1/tcp/1/p2p/${peer}, `,
    [`/ip4/192.0.2.1/tcp/1/p2p/${peer}`],
    ['192.0.2.1:9100', '/ip4/192.0.2.1/tcp/9100', `/ip4/1.2.3.4/tcp/1/p2p/${peer},x`]
  ],
  [
    'GHMESH_RELAYS',
    'relays',
    `/ip4/192.0.2.1/tcp/1/p2p/${peer},/dns4/relay.example/tcp/443/wss/p2p/${peer}`,
    [`/ip4/192.0.2.1/tcp/1/p2p/${peer}`, `/dns4/relay.example/tcp/443/wss/p2p/${peer}`],
    ['192.0.2.1:9100']
  ],
  [
    'GHMESH_ICE_SERVERS',
    'iceServers',
    'stun:stun.example:3478, turn:turn.example',
    [{ urls: 'stun:stun.example:3478' }, { urls: 'turn:turn.example' }],
    ['https://stun.example']
  ],
  ['GHMESH_MDNS', 'mdns', '0', false, ['maybe']],
  ['CACHE_DEFAULT_TTL', 'ttlMs', '90', 90_000, ['1m', '-1', 'NaN', 'Infinity', '1e300']],
  ['IPFS_ACCELERATE_CACHE_DIR', 'cacheDir', '/c', '/c', []],
  ['CACHE_DIR', 'cacheDir', '/d', '/d', []],
  ['GH_TOKEN', 'token', token, token, ['two words', 'tab\tbed', 'ünïcode']],
  ['GITHUB_TOKEN', 'token', ` ${token}\n`, token, ['two words']],
  [
    'GITHUB_API_URL',
    'apiUrl',
    'https://ghe.example/api/v3',
    'https://ghe.example/api/v3',
    ['ghe.example', 'ftp://ghe.example', 'https://x/?a=1', 'https://x/#a', 'https://me:pw@x']
  ]
]

const messageOf = (options: unknown, environment: Record<string, string> = {}): string => {
  try {
    readOptions(options as MeshOptions, readEnvironment(environment))
  } catch (error) {
    expect(error).to.include({ name: 'MeshError', code: 'ERR_INVALID_OPTION' })
    return (error as Error).message
  }
  return expect.fail(`took ${Object.keys(options as object)} ${JSON.stringify(environment)}`)
}

describe('options: the environment', () => {
  // README: "`CACHE_P2P_SHARED_SECRET`, `GHMESH_SECRET`"
  // README: "`CACHE_LISTEN_PORT`"
  // README: "`GITHUB_REPOSITORY`"
  // README: "`RUNNER_NAME`"
  // README: "`IPFS_ACCELERATE_P2P_CACHE_DIR`"
  // README: "`CACHE_BOOTSTRAP_PEERS`"
  // README: "`IPFS_ACCELERATE_P2P_FORCE_LOCALHOST`"
  // README: "`IPFS_ACCELERATE_PUBLIC_IP`"
  // README: "`CACHE_DEFAULT_TTL`"
  // README: "`IPFS_ACCELERATE_CACHE_DIR`"
  // README: "`GH_TOKEN`"
  // README: "`GITHUB_API_URL`"
  // README: "`GHMESH_RELAYS`"
  // README: "`GHMESH_ICE_SERVERS`"
  // README: "`GHMESH_MDNS`"
  for (const [name, option, good, read, bad] of variables)
    it(`${name} stands for ${option}`, () => {
      expect(readOptions({}, readEnvironment({ [name]: good }))[option]).to.deep.equal(read)
      for (const value of bad) {
        const message = messageOf({}, { [name]: value })
        expect(message).to.match(new RegExp(`^variable ${name} takes `))
        if (option === 'token' || option === 'secret') expect(message).to.not.include(value)
        else expect(message).to.include(value.replace('me:pw@', '***@').slice(0, 99))
      }
    })

  it('says what GHMESH_ICE_SERVERS takes as a variable, not as an option', () => {
    expect(messageOf({}, { GHMESH_ICE_SERVERS: 'foo' })).to.equal(
      'variable GHMESH_ICE_SERVERS takes stun: and turn: URLs, separated by commas, such as stun:stun.example.com:3478; received "foo"'
    )
    expect(messageOf({ iceServers: ['foo'] })).to.match(/^option iceServers takes a list of \{ urls: /)
  })

  // README: "An invalid value is an error"
  // README: "`GHMESH_ICE_SERVERS`"
  it('counts what is empty as unset', () => {
    const empty = Object.fromEntries(variables.map(([name], i) => [name, i % 2 ? '' : ' \t']))
    expect(readOptions({}, readEnvironment(empty))).to.deep.equal({ limits: defaultLimits })
    expect(readOptions({}, readEnvironment({ GH_TOKEN: '', GITHUB_TOKEN: token })).token).to.equal(token)
  })

  it('takes the first of several names that is set', () => {
    const environment = Object.fromEntries(variables.map(([name, , good]) => [name, good]))
    expect(readOptions({}, readEnvironment(environment))).to.deep.include({
      secret,
      repository: 'octo/tools',
      peersDir: '/a',
      cacheDir: '/c',
      token
    })
  })

  // README: "`CACHE_ENABLE_P2P`"
  it('turns networking off by every word for no', () => {
    const read = (value: string) => readOptions({}, readEnvironment({ CACHE_ENABLE_P2P: value })).networking
    expect(['false', '0', 'No', 'OFF', 'true', '1', 'yes', 'on'].map(read)).to.deep.equal([
      ...[false, false, false, false],
      ...[true, true, true, true]
    ])
  })

  // README: "Options of `createMesh` come first"
  it('gives way to options, and is not even looked at where there is one', () => {
    const environment = { CACHE_LISTEN_PORT: 'nonsense', CACHE_DIR: '/d', RUNNER_NAME: 'ci' }
    const read = readOptions({ listenPort: 1, cacheDir: '/own', name: undefined }, readEnvironment(environment))
    expect(read).to.deep.include({ listenPort: 1, cacheDir: '/own', name: 'ci' })
  })

  it('ignores every other variable', () => {
    expect(readOptions({}, readEnvironment({ PATH: '/bin', GHMESH_NONSENSE: '1', TTL: 'x' }))).to.deep.equal({
      limits: defaultLimits
    })
  })
})

describe('options: what is given', () => {
  // README: "An invalid value is an error"
  it('is refused with its name and value', () => {
    const wrong: [keyof MeshOptions, unknown, string][] = [
      ['listenPort', 1.5, '1.5'],
      ['listenPort', Number.NaN, 'NaN'],
      ['listenPort', 9100n, '9100'],
      ['listenPort', null, 'null'],
      ['apiUrl', 'not a url', '"not a url"'],
      ['share', 'everyone', '"everyone"'],
      ['trust', true, 'true'],
      ['ttlMs', -1, '-1'],
      ['staleIfErrorMs', Number.POSITIVE_INFINITY, 'Infinity'],
      ['maxEntryBytes', 2 ** 31, '2147483648'],
      ['store', { get() {} }, '{}'],
      ['discovery', {}, '{}'],
      ['bootstrap', ['nowhere'], '["nowhere"]'],
      ['name', ' ', '" "'],
      ['fetch', 'curl', '"curl"'],
      ['logger', console.log, 'log']
    ]
    for (const [option, value, shown] of wrong) {
      const message = messageOf({ [option]: value })
      expect(message).to.match(new RegExp(`^option ${option} takes .+; received `))
      expect(message).to.include(shown)
    }
  })

  it('is refused even where it cannot be shown', () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    expect(messageOf({ store: circle })).to.match(/^option store takes a Store; received /)
  })

  it('is refused where there is no such option', () => {
    for (const name of ['secrets', 'constructor', 'toString', '__proto_'])
      expect(messageOf({ [name]: 1 })).to.include(`"${name}"`)
  })

  it('is refused with the name that was probably meant', () => {
    const meant = { secrets: 'secret', secretKey: 'secret', ListenPort: 'listenPort', ttl: 'ttlMs' }
    for (const [name, nearest] of Object.entries(meant))
      expect(messageOf({ [name]: 1 })).to.equal(`there is no option "${name}"; did you mean "${nearest}"?`)
    expect(messageOf({ zzz: 1 })).to.match(/^there is no option "zzz"; choose one of secret, token, .*, logger$/)
  })

  it('is cut where it is long, after secrets in it were hidden', () => {
    for (const options of [
      { name: 'x'.repeat(5000) },
      { ['x'.repeat(5000)]: 1 },
      { limits: { ['x'.repeat(5000)]: 1 } }
    ])
      expect(messageOf(options)).to.include('x'.repeat(90)).and.include('…').and.have.length.below(3000)
    const cut = messageOf({ name: `${'x'.repeat(80)} ${secret}${'x'.repeat(200)}` })
    expect(cut).to.not.include('ghm1_')
    for (const value of [secret, token]) expect(messageOf({ [value]: 1, limits: { [value]: 1 } })).to.not.include(value)
    for (const value of [secret, token]) expect(messageOf({ limits: { [value]: value } })).to.not.include(value)
  })

  it('is refused where it is not an object, without showing what may be a secret', () => {
    for (const options of ['hunter2 hunter2', '', null, ['hunter2 hunter2'], [], 7, true, () => ({ name: 'ci' })])
      expect(messageOf(options)).to.equal('createMesh takes an object of options, such as { secret, token }')
    class Options {
      name = 'ci'
    }
    expect(readOptions(new Options(), [])).to.include({ name: 'ci' })
  })

  // README: "An invalid value is an error"
  it('never shows a secret or token, not even in the wrong place', () => {
    const hidden = ['hunter2 hunter2', secret, token, `github_pat_${'p'.repeat(30)}`, installation, jwt]
    for (const value of hidden) {
      const messages = [
        messageOf({ token: [value] }),
        messageOf({ token: `${value} ${value}` }),
        messageOf({ secret: [value, 7] }),
        messageOf({ secret: { value } })
      ]
      if (value.includes('_'))
        messages.push(messageOf({ repository: value }), messageOf({ apiUrl: `https://x:${value}@github.com` }))
      for (const message of messages) {
        expect(message).to.not.include(value)
        expect(message).to.not.include(value.split('.').at(-1))
      }
    }
    expect(messageOf({ apiUrl: 'https://me:hunter2@github.com' })).to.not.include('hunter2')
    const turn = { urls: 'turn.example', username: 'me', credential: 'hunter2 "&#and more' }
    expect(messageOf({ iceServers: [turn] }))
      .to.include('turn.example')
      .and.not.match(/hunter2|and more/)
  })

  it('is text without white space around it', () => {
    expect(readOptions({ token: `${token}\n`, apiUrl: ' https://ghe.example ' }, [])).to.include({
      token,
      apiUrl: 'https://ghe.example'
    })
  })

  it('takes every IP address as announceIp, and nothing else', () => {
    const announceIp = (value: string) => readOptions({ announceIp: value }, []).announceIp
    // WebKit does not read some that end like an IPv4 address. Pages announce none, so it does not matter there.
    const ipV6 = 'document' in globalThis ? fc.ipV6().filter((address) => !address.includes('.')) : fc.ipV6()
    fc.assert(fc.property(fc.oneof(fc.ipV4(), ipV6), (address) => announceIp(address) === address))
    for (const zoned of ['fe80::1%eth0', 'FE80::1%3']) expect(announceIp(zoned)).to.equal(zoned)
    const wrong = [
      '01.2.3.4',
      '1.2.3.4.',
      '3232235777',
      '0x1.2.3.4',
      ':::',
      '1:2',
      '::1%eth0',
      '[::1]',
      '::1]:80/[',
      'abc'
    ]
    for (const value of wrong) expect(() => announceIp(value), value).to.throw('IPv4 or IPv6')
  })

  it('takes STUN and TURN servers, each with one URL or several', () => {
    const good = [{ urls: 'stun:a.example' }, { urls: ['turn:a.example', 'turns:b.example:1'], username: 'me' }]
    expect(readOptions({ iceServers: good }, []).iceServers).to.deep.equal(good)
    for (const wrong of [{}, null, 'stun:a.example', { urls: 5 }, { urls: [5] }, { urls: [['stun:a.example']] }])
      expect(messageOf({ iceServers: [wrong] })).to.include('option iceServers takes')
    expect(messageOf({ iceServers: good[0] })).to.include('option iceServers takes')
  })

  it('may be a list of up to eight secrets', () => {
    expect(readOptions({ secret: ['new', 'old'] }, readEnvironment({})).secret).to.deep.equal(['new', 'old'])
    for (const wrong of [[], [''], Array(9).fill('x'), [secret, 'ghm1_cut']])
      expect(messageOf({ secret: wrong })).to.include('option secret')
  })
})

describe('options: limits', () => {
  // README: "A peer that connects without the secret"
  // README: "Options of `createMesh` come first"
  it('are the documented ones unless they are set', () => {
    const minute = 60_000
    // Section 9 of the design, and what the doc comments of the options say.
    expect(readOptions({}, readEnvironment({})).limits).to.deep.include({
      freshMs: minute,
      confirmationMs: 60 * minute,
      keepMs: 7 * 24 * 60 * minute,
      valueTtlMs: 24 * 60 * minute,
      hedgeMs: 75,
      membersBudgetMs: 500,
      proofMs: 5000,
      presenceMs: 30_000,
      presenceForgottenMs: 150_000,
      messageAgeMs: 5 * minute,
      entryBytes: 16 * 1024 ** 2,
      valueBytes: 64 * 1024,
      inlineBytes: 16 * 1024,
      gossipMessageBytes: 64 * 1024,
      frameBytes: 256 * 1024,
      memoryBytes: 64 * 1024 ** 2,
      filesystemBytes: 512 * 1024 ** 2,
      indexedDbBytes: 128 * 1024 ** 2,
      variants: 4,
      touchKeys: 200,
      messagesPerSecond: 50,
      messagesBurst: 200,
      gossipBytesPerSecond: 1024 ** 2,
      transfersPerPeer: 16,
      rejectedMessages: 20,
      auditOneIn: 50,
      auditMismatches: 3,
      recheckMs: [3000, 15_000]
    })
  })

  it('are set one by one; maxEntryBytes is one of them', () => {
    const { limits } = readOptions({ limits: { freshMs: 0, recheckMs: [] }, maxEntryBytes: 5 }, [])
    expect(limits).to.deep.equal({ ...defaultLimits, freshMs: 0, recheckMs: [], entryBytes: 5 })
  })

  it('are refused where they mean nothing: another name, another kind, a loop without an end', () => {
    const wrong = [
      { fresh: 1 },
      { freshMs: '1' },
      { freshMs: [1] },
      { freshMs: -1 },
      { freshMs: Number.NaN },
      { freshMs: undefined }
    ]
    const counts = [
      { recheckMs: 5 },
      { recheckMs: ['x'] },
      { touchKeys: 0 },
      { frameBytes: 0 },
      { memoryBytes: 0 },
      { storeEntries: 1.5 }
    ]
    for (const limits of [...wrong, ...counts, 5, null, 'x'])
      expect(messageOf({ limits }), JSON.stringify(limits)).to.match(
        /^(?:option limits[. ]|there is no option "limits\.)/
      )
  })

  it('are refused with the one that is wrong, and what it takes', () => {
    const ms = 'takes a number of milliseconds from 0 on'
    const wrong: [object: unknown, message: string][] = [
      [{ freshMs: 5, tabAnswerMs: -1 }, `option limits.tabAnswerMs ${ms}; received -1`],
      [{ freshMs: '1' }, `option limits.freshMs ${ms}; received "1"`],
      [{ freshMs: undefined }, `option limits.freshMs ${ms}; received undefined`],
      [{ recheckMs: 5 }, 'option limits.recheckMs takes a list of milliseconds from 0 on; received 5'],
      [{ touchKeys: 0 }, 'option limits.touchKeys takes a whole number from 1 to 200; received 0'],
      [{ storeEntries: 1.5 }, 'option limits.storeEntries takes a whole number from 1 on; received 1.5'],
      [{ valueBytes: 1e6 }, 'option limits.valueBytes takes a whole number from 0 to 65536; received 1000000'],
      [
        { proofLifetimeMs: 1e9 },
        `option limits.proofLifetimeMs takes a number of milliseconds from 0 to 86400000; received 1000000000`
      ],
      [{ tabAnswer: 5 }, 'there is no option "limits.tabAnswer"; did you mean "tabAnswerMs"?'],
      [{ tabAnswers: 5, freshMs: -1 }, 'there is no option "limits.tabAnswers"; did you mean "tabAnswerMs"?'],
      [5, 'option limits takes an object of times and sizes, such as { freshMs: 60000 }; received 5'],
      [null, 'option limits takes an object of times and sizes, such as { freshMs: 60000 }; received null']
    ]
    for (const [limits, message] of wrong) expect(messageOf({ limits })).to.equal(message)
  })
})
