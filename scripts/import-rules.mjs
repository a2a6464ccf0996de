// Holds every package to its floor plan: imports go down only, no file is part of a circle, folders on one floor do not import
// each other, and each outside thing has its rooms.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

// From the top floor to the ground: a file may import from its own folder and from the floors below it. `a/` is a folder, `a` a
// file. Where a package has no floors, only circles and index files are looked at.
const houses = {
  'packages/core/src': {
    floors: [
      ['index'],
      ['contract/'],
      ['protocol/index', 'libp2p/index'],
      ['create'],
      ['cache-folder/'],
      ['join'],
      ['start'],
      ['platform/'],
      ['tabs/'],
      ['mesh'],
      ['compose'],
      ['network/'],
      ['wrong-option'],
      ['read-options'],
      ['flow/'],
      ['options'],
      ['members'],
      ['exchange/'],
      ['peers/'],
      ['rules/'],
      ['cache/', 'discovery/'],
      ['libp2p/'],
      ['stats'],
      ['github/', 'store/'],
      ['protocol/'],
      ['group/'],
      ['cache-status'],
      ['events'],
      ['transport/'],
      ['entry'],
      ['confirmations'],
      ['ed25519', 'in-slices'],
      [
        'abort',
        'bytes',
        'sized-lru',
        'one-by-one',
        'pause',
        'errors',
        'limits',
        'rendezvous',
        'timers',
        'version',
        'web-types'
      ],
      ['node-crypto']
    ],
    rooms: [
      {
        what: 'node:*',
        matches: (name) => name.startsWith('node:'),
        allowed: /^(?:platform\/node\/|cache-folder\/|store\/filesystem|discovery\/(?:file|peer-file))/
      },
      {
        what: 'libp2p',
        matches: (name) => /^(?:libp2p$|@libp2p\/|@multiformats\/)/.test(name),
        allowed: /^(?:libp2p\/|platform\/|discovery\/mdns$)/
      },
      { what: '#platform', matches: (name) => name === '#platform', allowed: /^create$/ }
    ],
    callsFetch: /^(?:github\/(?:origin|redirects)|mesh|tabs\/mesh-of-tabs)$/
  },
  'packages/cli/src': {
    floors: [
      ['bin'],
      ['program'],
      ['commands/'],
      ['inspect/', 'doctor/'],
      ['smoke/', 'probe/', 'get', 'gh', 'proxy'],
      ['proxy/', 'environment', 'interrupt', 'output'],
      ['arguments', 'errors', 'terminal', 'provenance', 'until', 'brief-member']
    ]
  },
  'packages/github-sim/src': {
    floors: [
      ['bin'],
      ['command', 'index'],
      ['server'],
      ['handle'],
      ['control', 'produce', 'router'],
      ['token-control', 'outage-control'],
      ['github', 'simulator', 'graphql/', 'routes/'],
      ['ask', 'options', 'files', 'repository-control'],
      ['run-control', 'pull-control'],
      ['issue-control'],
      ['world'],
      ['accounts'],
      ['filters/'],
      ['data/'],
      ['visibility', 'repository-controls', 'limits'],
      ['model', 'text', 'faults', 'finish'],
      [
        'git',
        'seed',
        'time',
        'tokens',
        'pagination',
        'quota',
        'reply',
        'calls',
        'secondary',
        'listener',
        'cors',
        'etag',
        'pretty-print'
      ]
    ]
  },
  'relay/src': {
    floors: [
      ['bin'],
      ['program'],
      ['http'],
      ['metrics', 'index'],
      ['relay'],
      ['compose'],
      ['visits', 'open-node'],
      ['hub'],
      ['topics'],
      ['message-check', 'gossip', 'circuits', 'reservations', 'questions', 'shelf', 'tls-files'],
      [
        'announced',
        'proofs',
        'gate',
        'traffic',
        'node',
        'descriptors',
        'flags',
        'identity',
        'explain',
        'log',
        'options'
      ],
      ['checked-proofs', 'proof-waiters', 'group-members', 'open-connections', 'webrtc', 'shelf-store'],
      ['shelf-database'],
      ['addresses', 'limits', 'tally', 'version'],
      ['certificate', 'counter', 'environment', 'make-folder', 'port']
    ]
  },
  'examples/dashboard/src': {
    floors: [
      ['main'],
      ['app'],
      ['dashboard'],
      ['board'],
      ['header'],
      ['panels/'],
      ['states/'],
      ['board/'],
      ['github/'],
      ['mesh/'],
      ['start/', 'theme/'],
      ['storage', 'focus', 'keys', 'clock', 'later']
    ]
  }
}

/** What breaks the rules below a folder, a line each. */
export function brokenRules(root, { floors = [], rooms = [], callsFetch } = {}) {
  const files = readdirSync(root, { recursive: true })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
  const nameOf = (file) => file.replace(/\.tsx?$/, '')
  const known = new Set(files.map(nameOf))
  const isOn = (file) => (place) => (place.endsWith('/') ? file.startsWith(place) : file === place)
  // The most exact place counts: `protocol/index` stands above `protocol/`.
  const placeOf = (file) =>
    floors
      .flat()
      .filter((place) => isOn(file)(place))
      .sort((a, b) => b.length - a.length)[0]
  const floorOf = (file) => floors.findIndex((places) => places.includes(placeOf(file)))
  const broken = []
  const imports = new Map()

  for (const path of files) {
    const file = nameOf(path)
    const text = readFileSync(join(root, path), 'utf8')
    const floor = floorOf(file)
    const plain = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|`[^`]*`/g, '')
    if (floors.length > 0 && floor === -1)
      broken.push(`${file}: stands on no floor; give it one in scripts/import-rules.mjs`)
    if (callsFetch && !callsFetch.test(file) && /(?:globalThis\.|[^.\w])fetch\(/.test(plain))
      broken.push(`${file}: calls fetch, which only ${callsFetch} may`)
    const own = []
    for (const [, name] of text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
      if (!name.startsWith('.')) {
        for (const { what, matches, allowed } of rooms)
          if (matches(name) && !allowed.test(file))
            broken.push(`${file}: imports ${name}, but ${what} is not for this room`)
        continue
      }
      const target = nameOf(normalize(join(dirname(file), name)).replaceAll('\\', '/'))
      if (!known.has(target)) continue
      own.push(target)
      if (/(?:^|\/)index$/.test(target)) broken.push(`${file}: imports the index file ${target}`)
      if (floors.length === 0) continue
      if (floorOf(target) < floor) broken.push(`${file}: imports ${target}, which stands above it`)
      else if (floorOf(target) === floor && placeOf(target) !== placeOf(file))
        broken.push(`${file}: imports ${target}, which stands on the same floor`)
    }
    imports.set(file, own)
  }
  return [...broken, ...circles(imports).map((circle) => `a circle of imports: ${circle.join(' -> ')}`)]
}

/** Each circle once, found by a walk through all imports; types count, for they too must be read together. */
function circles(imports) {
  const found = []
  const done = new Set()
  const walk = (file, path) => {
    const start = path.indexOf(file)
    if (start >= 0) return void found.push([...path.slice(start), file])
    if (done.has(file)) return
    for (const target of imports.get(file) ?? []) walk(target, [...path, file])
    done.add(file)
  }
  for (const file of imports.keys()) walk(file, [])
  return found
}

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, '..')
  const broken = Object.entries(houses).flatMap(([folder, house]) =>
    brokenRules(join(root, folder), house).map((line) => `${folder}/${line}`)
  )
  if (broken.length > 0) {
    console.error(broken.join('\n'))
    process.exitCode = 1
  } else console.log(`import rules: ${Object.keys(houses).length} packages, 0 circles, 0 imports that go up`)
}
