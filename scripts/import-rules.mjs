// Holds packages/core/src to its floor plan: imports go down only, and each outside thing has its rooms.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'

const source = join(import.meta.dirname, '../packages/core/src')

// From the top floor to the ground; a file may import from its own floor and from those below it.
const floors = [
  ['index'],
  ['contract/', 'protocol/'],
  ['create'],
  ['platform/'],
  ['tabs/'],
  ['mesh'],
  ['member'],
  [
    'members/',
    'resolve',
    'admit',
    'publicity',
    'validators',
    'audit',
    'sharing',
    'values',
    'requests',
    'response',
    'viewers',
    'writes',
    'options'
  ],
  ['cache/', 'verify', 'stats', 'events', 'single-flight'],
  ['github/', 'group/', 'store/', 'transport/', 'discovery/'],
  ['entry'],
  ['confirmations'],
  ['abort', 'bytes', 'at-most', 'pause', 'errors', 'limits', 'version']
]

// What may be imported from outside, and where.
const rooms = [
  {
    what: 'node:*',
    matches: (name) => name.startsWith('node:'),
    allowed: /^(?:platform\/|store\/filesystem|discovery\/(?:file|peer-file))/
  },
  {
    what: 'libp2p',
    matches: (name) => /^(?:libp2p$|@libp2p\/|@multiformats\/)/.test(name),
    allowed:
      /^(?:transport\/(?:libp2p$|circuits|exchange|gossip|path|probe|proven-links|signalling|stop-node)|platform\/|discovery\/(?:mdns|static))/
  },
  { what: '#platform', matches: (name) => name === '#platform', allowed: /^create$/ }
]

const files = readdirSync(source, { recursive: true })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/').replace(/\.ts$/, ''))
const floorOf = (file) =>
  floors.findIndex((names) => names.some((name) => (name.endsWith('/') ? file.startsWith(name) : file === name)))
const broken = []

for (const file of files) {
  const text = readFileSync(join(source, `${file}.ts`), 'utf8')
  const floor = floorOf(file)
  if (floor === -1) broken.push(`${file}: stands on no floor; give it one in scripts/import-rules.mjs`)
  if (
    !file.startsWith('github/origin') &&
    /(?:globalThis\.|[^.\w])fetch\(/.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|`[^`]*`/g, '')) &&
    !['mesh', 'tabs/mesh-of-tabs'].includes(file)
  ) {
    broken.push(`${file}: calls fetch, which only github/origin may`)
  }
  for (const [, name] of text.matchAll(/(?:from|import)\s+'([^']+)'/g)) {
    if (!name.startsWith('.')) {
      for (const { what, matches, allowed } of rooms)
        if (matches(name) && !allowed.test(file))
          broken.push(`${file}: imports ${name}, but ${what} is not for this room`)
      continue
    }
    const target = relative('.', normalize(join(dirname(file), name)))
      .replaceAll('\\', '/')
      .replace(/\.ts$/, '')
    if (/(?:^|\/)index$/.test(target)) broken.push(`${file}: imports the index file ${target}`)
    if (floorOf(target) < floor) broken.push(`${file}: imports ${target}, which stands above it`)
  }
}

if (broken.length > 0) {
  console.error(broken.join('\n'))
  process.exitCode = 1
} else console.log(`import rules: ${files.length} files keep them`)
