import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Beside } from './beside.ts'
import type { browser } from './browser.ts'
import { serve } from './site.ts'

/** What a page does once a bundler has made it: it joins the member in its address, and asks for what that holds. */
export const askMember = `
  const { secret, apiUrl, address, url } = JSON.parse(decodeURIComponent(location.hash.slice(1)))
  globalThis.done = (async () => {
    const mesh = await createMesh({ secret, apiUrl, bootstrap: [address], allowPrivateAddresses: true })
    if (mesh.peers().length === 0) await new Promise((met) => mesh.addEventListener('peer:connect', met))
    const response = await mesh.fetch(url)
    const issue = await response.json()
    await mesh.stop()
    return { number: issue.number, said: response.headers.get('cache-status') }
  })()`

/** A project with such a page, as an application's author would write it. */
export function writePage(folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  writeFileSync(join(folder, 'index.html'), '<!doctype html><script type="module" src="./main.js"></script>')
  writeFileSync(join(folder, 'main.js'), `import { createMesh } from 'ghmesh'\n${askMember}`)
}

type Open = ReturnType<typeof browser>['open']

/** Opens a page that a bundler has made. Its answer must come from the member, and GitHub must not be asked. */
export async function expectHit(open: Open, origin: string, { given, github }: Beside): Promise<void> {
  const { page, complaints } = await open(`${origin}/`, given)
  await page.waitForFunction(() => 'done' in globalThis)
  const done = await page.evaluate(() => (globalThis as unknown as { done: Promise<unknown> }).done)
  expect(done).to.deep.equal({ number: 1, said: 'ghmesh; hit; detail=peer' })
  expect(complaints).to.deep.equal([])
  expect(github.count()).to.equal(0)
}

/** The same of a folder. */
export async function expectHitIn(open: Open, dist: string, beside: Beside): Promise<void> {
  const site = await serve(dist)
  try {
    await expectHit(open, site.origin, beside)
  } finally {
    await site.stop()
  }
}
