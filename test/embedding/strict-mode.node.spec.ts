import { expect } from 'chai'
import { build } from 'esbuild'
import type { Mesh } from 'ghmesh'
import { root } from '../support/commands.ts'
import { type Beside, startBeside } from './beside.ts'
import { browser } from './browser.ts'
import { type Site, serve } from './site.ts'

// The effect is the one of docs/browsers.md.
const app = `
import { createMesh } from 'ghmesh'
import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'

const { secret, apiUrl, address, url } = JSON.parse(decodeURIComponent(location.hash.slice(1)))
const options = { secret, apiUrl, bootstrap: [address], allowPrivateAddresses: true, limits: { membersBudgetMs: 5000 } }
globalThis.meshes = []

function Issue() {
  const [shown, setShown] = useState('...')
  useEffect(() => {
    const unmounted = new AbortController()
    const { signal } = unmounted
    const made = createMesh(options)
    globalThis.meshes.push(made)
    made
      .then((mesh) => mesh.fetch(url, { signal }))
      .then((response) => response.json())
      .then(({ title }) => setShown(title))
      .catch((error) => signal.aborted || setShown(String(error)))
    return () => {
      unmounted.abort()
      void made.then((mesh) => mesh.stop())
    }
  }, [])
  return <h1>{shown}</h1>
}

const page = createRoot(document.body)
globalThis.unmount = () => page.unmount()
page.render(<StrictMode><Issue /></StrictMode>)
`

interface Window {
  meshes: Promise<Mesh>[]
  unmount(): void
}

describe('in a React page under StrictMode', () => {
  const { open } = browser()
  let beside: Beside
  let site: Site
  before(async () => {
    beside = await startBeside()
    const { outputFiles } = await build({
      stdin: { contents: app, resolveDir: `${root}/test`, loader: 'jsx' },
      bundle: true,
      write: false,
      format: 'esm',
      jsx: 'automatic',
      define: { 'process.env.NODE_ENV': '"development"' }, // only there StrictMode mounts twice
      logLevel: 'error'
    })
    site = await serve({
      '/index.html': '<!doctype html><meta charset="utf-8"><body><script type="module" src="app.js"></script></body>',
      '/app.js': outputFiles[0]?.text ?? ''
    })
  })
  after(async () => {
    await site?.stop()
    await beside?.stop()
  })

  const members = async (count: number) => {
    while (beside.member.peers().length !== count) await new Promise((resolve) => setTimeout(resolve, 20))
    return beside.member.peers()
  }

  it('one member is left of two mounts, works, and goes with the component', async () => {
    const { page, complaints } = await open(`${site.origin}/`, beside.given)
    const title = (await (await beside.member.fetch(beside.given.url)).json()).title
    await page.getByText(title).waitFor({ state: 'attached' }) // where there are no fonts, no text is visible
    const [first, second, ...more] = await page.evaluate(async (url) => {
      const meshes = await Promise.all((globalThis as unknown as Window).meshes)
      const asked = meshes.map((mesh) =>
        mesh.fetch(url).then(
          ({ status }) => status,
          (error) => error.code
        )
      )
      return Promise.all(meshes.map(async (mesh, i) => ({ id: mesh.peerId, said: await asked[i] })))
    }, beside.given.url)
    expect(more).to.deep.equal([])
    expect(first).to.include({ said: 'ERR_STOPPED' })
    expect(second).to.include({ said: 200 })
    expect((await members(1))[0]).to.include({ id: second?.id })
    await page.evaluate(() => (globalThis as unknown as Window).unmount())
    await members(0)
    expect(complaints).to.deep.equal([])
  })
})
