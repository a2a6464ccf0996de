import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { serveFolder } from '../../scripts/dashboard/serve.mjs'

describe('the server of a folder', () => {
  it('gives its files and nothing beside them, and survives what is no path', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'serve-'))
    writeFileSync(join(folder, 'index.html'), 'a page')
    const { url, stop } = await serveFolder(folder)
    const raw = async (target: string) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1')
      socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
      return (await text(socket)).split(' ')[1]
    }
    for (const target of ['//', '/../../etc/passwd', '/%', 'http://']) expect(await raw(target), target).to.equal('404')
    expect(await (await fetch(url)).text()).to.equal('a page')
    await stop()
    rmSync(folder, { recursive: true })
  })
})
