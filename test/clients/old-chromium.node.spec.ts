import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBrowser, packaged } from '../../scripts/browser.mjs'
import { startBeside } from '../embedding/beside.ts'
import { browserAt } from '../embedding/browser.ts'
import { askMember, expectHitIn } from '../embedding/built-page.ts'
import { createCommands, root } from '../support/commands.ts'
import { clients, has } from './world.ts'

/** For its libraries, too. */
const find = () => ensureBrowser() && (packaged(join(clients, 'oldChromium')) as string)

describe('the oldest Chromium', () => {
  const commands = createCommands()
  before(function () {
    if (!has('oldChromium')) return this.skip()
  })
  const { open } = browserAt(find)
  after(() => commands.end())

  // docs/browsers.md: "Chromium 126", which has no Ed25519.
  it('is a member, whose answers come from one in Node', async () => {
    const folder = commands.folder('page')
    cpSync(join(root, 'packages/core/dist/browser'), folder, { recursive: true })
    const page = `<!doctype html><script type="module">import { createMesh } from './ghmesh.js'${askMember}</script>`
    writeFileSync(join(folder, 'index.html'), page)
    const beside = await startBeside()
    await expectHitIn(open, folder, beside)
    await beside.stop()
  })
})
