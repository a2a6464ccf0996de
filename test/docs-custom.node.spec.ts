import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { transform } from 'esbuild'
import { discoveryContract, storeContract, transportContract } from '../packages/core/src/contract/index.ts'
import type { Discovery } from '../packages/core/src/discovery/discovery.ts'
import type { Store, StoreBounds } from '../packages/core/src/store/store.ts'
import type { Transport } from '../packages/core/src/transport/transport.ts'

const root = join(import.meta.dirname, '..')
const cache = join(root, 'node_modules/.cache/ghmesh-docs')

/** The only TypeScript block of a guide, as a module. */
async function load<T>(guide: string): Promise<T> {
  const blocks = [...readFileSync(join(root, 'docs', guide), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)]
  expect(blocks).to.have.length(1)
  const source = blocks[0]?.[1] ?? ''
  expect(source.trimEnd().split('\n').length).to.be.lessThan(60)
  const { code } = await transform(source, { loader: 'ts' }) // Node strips no types below node_modules
  mkdirSync(cache, { recursive: true })
  const path = join(cache, guide.replace(/md$/, 'mjs'))
  writeFileSync(path, code)
  return import(pathToFileURL(path).href)
}

// README: "Your own store, discovery or transport"
describe('docs/custom-store.md', () => {
  type Options = StoreBounds & { directory: string }
  const directory = mkdtempSync(join(tmpdir(), 'ghmesh-docs-'))
  const options = new Map<Store, Options>()
  let folderStore: (options: Options) => Store
  before(async () => {
    ;({ folderStore } = await load<{ folderStore: typeof folderStore }>('custom-store.md'))
  })
  after(() => rmSync(directory, { recursive: true, force: true }))

  const open = (given: Options) => {
    const store = folderStore(given)
    options.set(store, given)
    return store
  }
  const suite = storeContract({
    create: (bounds) => open({ directory: mkdtempSync(join(directory, 'store-')), ...bounds }),
    reopen: (closed) => open(options.get(closed) ?? { directory })
  })
  for (const { name, run } of suite) it(name, run)
})

// README: "Your own store, discovery or transport"
describe('docs/custom-discovery.md', () => {
  let tabs: (channelName: string) => Discovery
  before(async () => {
    ;({ tabs } = await load<{ tabs: typeof tabs }>('custom-discovery.md'))
  })

  let groups = 0
  const suite = discoveryContract({
    create: () => tabs(`test ${groups++}`),
    group: (count) => {
      const channelName = `test ${groups++}`
      return Array.from({ length: count }, () => tabs(channelName))
    }
  })
  for (const { name, run } of suite) it(name, run)
})

// README: "Your own store, discovery or transport"
describe('docs/custom-transport.md', () => {
  let roomTransport: (room: Map<string, never>) => Transport
  before(async () => {
    ;({ roomTransport } = await load<{ roomTransport: typeof roomTransport }>('custom-transport.md'))
  })

  const suite = transportContract({
    group: (count) => {
      const room = new Map<string, never>()
      return Array.from({ length: count }, () => roomTransport(room))
    }
  })
  for (const { name, run } of suite) it(name, run)
})
