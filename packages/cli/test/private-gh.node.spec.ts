import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect } from 'chai'
import { createCommands } from '../../../test/support/commands.ts'
import { privateGh } from '../src/proxy/private-gh.ts'

describe('a configuration of gh for one command', () => {
  const commands = createCommands()
  const names = ['XDG_CACHE_HOME', 'GH_CONFIG_DIR', 'PATH'] as const
  const former = names.map((name) => process.env[name])
  before(() => {
    const bin = commands.folder('b')
    writeFileSync(join(bin, 'gh'), '#!/bin/sh\n', { mode: 0o755 })
    const values = [commands.folder('c'), commands.folder('g'), `${bin}:${process.env.PATH}`]
    for (const [n, name] of names.entries()) process.env[name] = values[n]
  })
  after(async () => {
    for (const [n, name] of names.entries())
      if (former[n] === undefined) delete process.env[name]
      else process.env[name] = former[n]
    await commands.end()
  })

  it('goes with the next one where its command was killed, but not while that may run in another container', async () => {
    const own = await privateGh()
    const [, here] = /^ghmesh-gh-(\w+)-\d+-/.exec(basename(own.configDir)) as unknown as [string, string]
    const folder = (name: string) => {
      const path = join(dirname(own.configDir), `ghmesh-gh-${name}-999999999-x`)
      mkdirSync(path)
      return path
    }
    const [killed, elsewhere, old] = [folder(here), folder('000000'), folder('111111')]
    const longAgo = Date.now() / 1000 - 25 * 3600
    utimesSync(old, longAgo, longAgo)
    const next = await privateGh()
    expect([killed, elsewhere, old, own.configDir].map((path) => existsSync(path))).to.deep.equal([
      false,
      true,
      false,
      true
    ])
    await own.remove()
    await next.remove()
  })
})
