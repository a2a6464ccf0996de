import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import type { Mesh, MeshOptions } from 'ghmesh'
import type { BrowserContext, Page } from 'playwright-core'
import { browser } from './browser.ts'
import { libraryFiles } from './library.ts'
import { type Site, serve } from './site.ts'

/** What the page has, for what tests evaluate there. */
interface InPage {
  ghmesh: Promise<typeof import('ghmesh')>
  mesh: Mesh
  /** Codes of the warnings so far. */
  warnings: string[]
  /** Makes `mesh`; `given` of the address, and more. */
  start(more?: MeshOptions): Promise<Mesh>
  /** Where the answer came from. */
  ask(path: string, init?: RequestInit): Promise<{ status: number; said: string | null; text: string }>
}
declare global {
  var inPage: InPage
}

const script = `
globalThis.inPage = {
  ghmesh: import('/ghmesh.js'),
  warnings: [],
  async start(more) {
    const { createMesh } = await inPage.ghmesh
    const { options } = JSON.parse(decodeURIComponent(location.hash.slice(1)))
    const logger = { debug() {}, info() {}, warn: (text) => inPage.warnings.push(text), error() {} }
    inPage.mesh = await createMesh({ ttlMs: 3600000, logger, ...options, ...more })
    inPage.mesh.addEventListener('warning', ({ detail }) => inPage.warnings.push(detail.code))
    return inPage.mesh
  },
  async ask(path, init) {
    const { options } = JSON.parse(decodeURIComponent(location.hash.slice(1)))
    const response = await inPage.mesh.fetch(options.apiUrl + path, init)
    return { status: response.status, said: response.headers.get('cache-status'), text: await response.text() }
  }
}`

/** A page that has ghmesh beside it and does nothing by itself. */
export const serveBarePage = (tls?: { cert: string; key: string }): Promise<Site> =>
  serve(
    {
      '/index.html': '<!doctype html><title>bare</title><script src="page.js"></script>',
      '/page.js': script,
      ...libraryFiles()
    },
    {},
    tls
  )

/** Such pages and a simulated GitHub, for one spec file. */
export function barePages() {
  const { open, context } = browser()
  let github: GitHub
  let site: Site
  before(async () => {
    github = await startGitHub({ secondaryLimits: false })
    site = await serveBarePage()
  })
  after(async () => {
    await site?.stop()
    await github?.stop()
  })
  return {
    context,
    get github() {
      return github
    },
    get site() {
      return site
    },
    openPage: async (where?: BrowserContext) =>
      (await open(`${site.origin}/`, { options: { apiUrl: github.url } }, where)).page
  }
}

/** Starts a mesh there. */
export const start = (page: Page, more: Pick<MeshOptions, 'secret' | 'relays' | 'bootstrap' | 'token'> = {}) =>
  page.evaluate(async (options) => {
    await inPage.start(options as MeshOptions)
  }, more as object)
export const ask = (page: Page, path: string, init: { cache?: RequestCache } = {}) =>
  page.evaluate(([path, init]) => inPage.ask(path, init), [path, init] as const)
export const warnings = (page: Page) => page.evaluate(() => inPage.warnings)
