import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import fc from 'fast-check'
import { discoveryContract } from '../src/contract/index.ts'
import type { Discovery, FilePeersOptions, PeerRecord } from '../src/discovery/discovery.ts'
import { filePeers } from '../src/discovery/file.ts'
import { peerFolder } from '../src/discovery/file-folder.ts'
import { formatPeer, parsePeer, peerFileName } from '../src/discovery/peer-file.ts'

const [one, two, three] = ['QmTheFirstOne11111111', 'QmTheSecondOne2222222', 'QmTheThirdOne33333333'] as const
const member = (peerId: string, more: Partial<PeerRecord> = {}): PeerRecord => ({
  peerId,
  name: 'runner',
  addresses: [`/ip4/127.0.0.1/tcp/9100/p2p/${peerId}`],
  lastSeen: Date.now(),
  ...more
})

describe('filePeers', () => {
  const root = fs.mkdtempSync(join(tmpdir(), 'ghmesh-peers-'))
  let made = 0
  const newDirectory = () => join(root, String(made++), 'peers')
  const running: Discovery[] = []
  const open = (options: FilePeersOptions) => {
    const discovery = filePeers(options)
    running.push(discovery)
    return discovery
  }
  afterEach(() => Promise.all(running.splice(0).map((discovery) => discovery.stop())))
  after(() => fs.rmSync(root, { recursive: true, force: true }))

  /** Looks once, and gives what it finds. */
  async function look(options: FilePeersOptions): Promise<PeerRecord[]> {
    const found: PeerRecord[] = []
    const discovery = open(options)
    await discovery.start((peer) => found.push(peer))
    await discovery.stop()
    return found
  }
  const write = (directory: string, name: string, text: string) => {
    fs.mkdirSync(directory, { recursive: true })
    fs.writeFileSync(join(directory, name), text)
  }
  const files = (directory: string) => fs.readdirSync(directory).sort()

  const contract = discoveryContract({
    create: () => filePeers({ directory: newDirectory() }),
    group: (count) => {
      const directory = newDirectory()
      return Array.from({ length: count }, () => filePeers({ directory }))
    }
  })
  for (const { name, run } of contract) it(name, run)

  it('finds by its poll alone, where nothing tells of changes', async () => {
    const directory = newDirectory()
    const { promise, resolve } = Promise.withResolvers<PeerRecord>()
    await open({ directory, pollMs: 5 }).start(resolve)
    const elsewhere = `${directory}-elsewhere`
    await open({ directory: elsewhere }).announce(member(one))
    fs.renameSync(directory, `${directory}-gone`) // takes the watch with it
    fs.renameSync(elsewhere, directory)
    expect((await promise).peerId).to.equal(one)
  })

  it('finds by what the system tells alone, before it looks at all of the folder again', async () => {
    const directory = newDirectory()
    const found: string[] = []
    let wake = () => {}
    const told = async (count: number) => {
      while (found.length < count) await new Promise<void>((resolve) => (wake = resolve))
    }
    await open({ directory, pollMs: 3_600_000 }).start(({ addresses }) => {
      found.push(...addresses)
      wake()
    })
    const other = open({ directory })
    const at = (port: number) => `/ip4/127.0.0.1/tcp/${port}/p2p/${one}`
    for (const port of [1, 2, 3]) {
      await other.announce(member(one, { addresses: [at(port)] }))
      await told(port)
    }
    expect(found).to.deep.equal([at(1), at(2), at(3)])
  })

  it('knows as much from what has changed as from the whole folder', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ file: fc.nat(4), peer: fc.option(fc.nat(2)), age: fc.nat(400_000) }), { maxLength: 12 }),
        async (changes) => {
          const directory = newDirectory()
          const folder = peerFolder(directory, 300_000, Date.now)
          await folder.make()
          await folder.scan()
          for (const { file, peer, age } of changes) {
            const name = peerFileName(String(file))
            fs.rmSync(join(directory, name), { force: true })
            if (peer !== null) {
              const record = member([one, two, three][peer] as string, { lastSeen: Date.now() - age })
              write(directory, name, formatPeer(record))
            }
            const partly = await folder.scan(new Set([name, 'another.txt']))
            expect(partly).to.deep.equal(await peerFolder(directory, 300_000, Date.now).scan())
          }
        }
      ),
      { numRuns: 30 }
    ))

  // README: "Anyone who can read the folder"
  it("writes the Python tool's fields, for the owner only and in one step", async () => {
    const directory = newDirectory()
    const addresses = [`/ip4/192.0.2.1/tcp/9123/p2p/${one}`, `/ip4/192.0.2.1/tcp/10123/ws/p2p/${one}`]
    await open({ directory }).announce(member(one, { name: 'my runner', addresses, lastSeen: 1_700_000_000_000 }))
    expect(files(directory)).to.deep.equal(['peer_my_runner.json'])
    const path = join(directory, 'peer_my_runner.json')
    expect(JSON.parse(fs.readFileSync(path, 'utf8'))).to.deep.equal({
      peer_id: one,
      runner_name: 'my runner',
      listen_port: 9123,
      multiaddr: addresses[0],
      multiaddrs: addresses,
      last_seen: '2023-11-14T22:13:20.000000',
      metadata: { version: 1 }
    })
    if (process.platform === 'win32') return
    expect(fs.statSync(path).mode & 0o777).to.equal(0o600)
    expect(fs.statSync(directory).mode & 0o777).to.equal(0o700)
  })

  it('reads times with a zone and without one', async () => {
    const directory = newDirectory()
    for (const last_seen of ['2023-11-14T22:13:20+00:00', '2023-11-14T22:13:20.000000', '2023-11-14T22:13:20Z']) {
      const file = { ...JSON.parse(formatPeer(member(one))), last_seen }
      write(directory, 'peer_a.json', JSON.stringify(file))
      const [found] = await look({ directory, now: () => 1_700_000_000_000 })
      expect(found?.lastSeen, last_seen).to.equal(1_700_000_000_000)
    }
  })

  it('leaves the files of the Python tool alone, of the same name and of the long dead too', async () => {
    const directory = newDirectory()
    const theirs = (last_seen: string) =>
      JSON.stringify({
        peer_id: two,
        runner_name: 'runner',
        public_ip: '192.0.2.1',
        listen_port: 9100,
        multiaddr: `/ip4/192.0.2.1/tcp/9100/p2p/${two}`,
        last_seen,
        metadata: {}
      })
    write(directory, 'peer_runner.json', theirs('2020-01-01T00:00:00.000001'))
    write(directory, 'peer_other.json', theirs(new Date().toISOString().replace('Z', '001')))
    for (const name of files(directory)) fs.utimesSync(join(directory, name), 1_500_000_000, 1_500_000_000)
    const before = files(directory).map((name) => fs.readFileSync(join(directory, name), 'utf8'))
    const discovery = open({ directory })
    await discovery.announce(member(one))
    expect((await look({ directory })).map(({ peerId }) => peerId)).to.deep.equal([one])
    await discovery.stop()
    expect(files(directory)).to.deep.equal(['peer_other.json', 'peer_runner.json'])
    expect(files(directory).map((name) => fs.readFileSync(join(directory, name), 'utf8'))).to.deep.equal(before)
  })

  it('writes times that Python reads, and can compare with its own', async function () {
    if (spawnSync('python3', ['--version']).status !== 0) return this.skip()
    const directory = newDirectory()
    await open({ directory }).announce(member(one))
    const script = `
import json, sys
from datetime import datetime
seen = datetime.fromisoformat(json.load(open(sys.argv[1]))["last_seen"])
print(abs((datetime.utcnow() - seen).total_seconds()) < 3600)`
    const path = join(directory, 'peer_runner.json')
    const { stdout, stderr } = spawnSync('python3', ['-W', 'ignore', '-c', script, path], { encoding: 'utf8' })
    expect([stdout, stderr]).to.deep.equal(['True\n', ''])
  })

  it('skips rubbish of every kind, and leaves it where it is', async () => {
    const directory = newDirectory()
    const good = JSON.parse(formatPeer(member(one)))
    const rubbish = {
      empty: '',
      text: 'hello',
      half: JSON.stringify(good).slice(0, 50),
      binary: '\0\xff'.repeat(100),
      huge: JSON.stringify({ ...good, peer_id: two, padding: 'x'.repeat(65536) }),
      deep: '['.repeat(30_000),
      ...Object.fromEntries(
        [null, 7, 'x', [], {}, { ...good, peer_id: 7 }, { ...good, peer_id: '../x' }, { ...good, peer_id: '' }]
          .concat(
            { ...good, last_seen: 'yesterday' },
            { ...good, last_seen: null },
            { ...good, last_seen: '3023-11-14T22:13:20Z' }
          )
          .concat(
            { ...good, multiaddr: 7, multiaddrs: 'x' },
            { ...good, multiaddr: 'x', multiaddrs: [{}, null, '/x/p2p/other'] }
          )
          .map((value, i) => [`json${i}`, JSON.stringify(value)])
      )
    }
    for (const [name, text] of Object.entries(rubbish)) write(directory, `peer_${name}.json`, text)
    write(directory, 'other.json', JSON.stringify({ ...good, peer_id: two }))
    write(directory, 'target', JSON.stringify({ ...good, peer_id: two }))
    fs.mkdirSync(join(directory, 'peer_folder.json'))
    if (process.platform !== 'win32') {
      fs.symlinkSync('target', join(directory, 'peer_link.json'))
      fs.symlinkSync('nowhere', join(directory, 'peer_dangling.json'))
      spawnSync('mkfifo', [join(directory, 'peer_pipe.json')])
    }
    write(directory, 'peer_good.json', JSON.stringify(good))
    const before = files(directory)
    const warnings: unknown[] = []
    const found = await look({ directory, onWarning: (warning) => warnings.push(warning) })
    expect(found.map(({ peerId }) => peerId)).to.deep.equal([one])
    expect(files(directory)).to.deep.equal(before)
    expect(warnings).to.deep.equal([])
  })

  it('makes records of nothing but records, and reads what it writes', () => {
    const peer = fc.record({
      peerId: fc.stringMatching(/^\w{1,60}$/),
      name: fc.stringMatching(/^[ -~]{1,80}$/),
      addresses: fc.array(fc.stringMatching(/^\/[a-z0-9/]{0,40}$/), { minLength: 1, maxLength: 5 }),
      lastSeen: fc.integer({ min: 0, max: 4e12 })
    })
    fc.assert(
      fc.property(peer, (peer) => {
        const addresses = [...new Set(peer.addresses.map((address) => `${address}/p2p/${peer.peerId}`))]
        expect(parsePeer(formatPeer({ ...peer, addresses }))).to.deep.equal({ ...peer, addresses })
      })
    )
    const soup = fc.oneof(
      fc.anything(),
      fc.record({ peer_id: fc.anything(), multiaddrs: fc.anything(), last_seen: fc.anything() })
    )
    fc.assert(
      fc.property(soup, (value) => {
        const parsed = parsePeer(JSON.stringify(value) ?? '')
        if (parsed) expect(parsed.addresses.every((address) => address.startsWith('/'))).to.equal(true)
      })
    )
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, id) => {
        expect(peerFileName(name)).to.match(/^peer_[\w.-]{1,100}\.json$/)
        expect(peerFileName(name, id.replace(/\W/g, ''))).to.match(/^peer_[\w.-]{1,109}\.json$/)
      })
    )
  })

  it('reads a thousand files of thousands, the newest', async () => {
    const directory = newDirectory()
    for (let i = 0; i < 1200; i++) {
      write(directory, `peer_${i}.json`, formatPeer(member(`Qm${i}`)))
      fs.utimesSync(join(directory, `peer_${i}.json`), 1_700_000_000 + i, 1_700_000_000 + i)
    }
    const found = await look({ directory })
    expect(found).to.have.length(1000)
    expect(found.every(({ peerId }) => Number(peerId.slice(2)) >= 200)).to.equal(true)
  })

  it('ignores who has not been seen for long, and removes who is long gone, with what a killed one left behind', async () => {
    const directory = newDirectory()
    let time = Date.now()
    const options = { directory, expireMs: 60_000, now: () => time }
    write(directory, 'peer_a.json', formatPeer(member(one)))
    write(directory, '.ghmesh-x.tmp', 'half')
    expect(await look(options)).to.have.length(1)
    time += 61_000
    expect(await look(options)).to.have.length(0)
    expect(files(directory)).to.have.length(2)
    time += 600_000
    write(directory, 'peer_fresh.json', formatPeer(member(two, { lastSeen: time })))
    write(directory, 'peer_rubbish.json', 'not ours to remove')
    expect((await look(options)).map(({ peerId }) => peerId)).to.deep.equal([two])
    expect(files(directory)).to.deep.equal(['peer_fresh.json', 'peer_rubbish.json'])
  })

  it('keeps members of one name apart, even when they come at once', async () => {
    const directory = newDirectory()
    const ids = Array.from({ length: 8 }, (_, i) => `QmSameName${i}${i}${i}${i}`)
    const all = ids.map((peerId) => ({ peerId, discovery: open({ directory }) }))
    await Promise.all(all.map(({ peerId, discovery }) => discovery.announce(member(peerId))))
    await Promise.all(all.map(({ peerId, discovery }) => discovery.announce(member(peerId))))
    expect(files(directory)).to.have.length(8)
    expect((await look({ directory })).map(({ peerId }) => peerId).sort()).to.deep.equal(ids)
    await Promise.all(all.map(({ discovery }) => discovery.stop()))
    expect(files(directory)).to.deep.equal([])
  })

  it('takes the file of a dead member of its name, and gives back only its own', async () => {
    const directory = newDirectory()
    write(directory, 'peer_runner.json', formatPeer(member(one, { lastSeen: Date.now() - 400_000 })))
    const discovery = open({ directory })
    await discovery.announce(member(two))
    expect(files(directory)).to.deep.equal(['peer_runner.json'])
    write(directory, 'peer_runner.json', formatPeer(member(three))) // the Python tool overwrites without asking
    await discovery.stop()
    expect((await look({ directory })).map(({ peerId }) => peerId)).to.deep.equal([three])
  })

  it('moves its file when its name changes', async () => {
    const directory = newDirectory()
    const discovery = open({ directory })
    await discovery.announce(member(one, { name: 'before' }))
    await discovery.announce(member(one, { name: 'after' }))
    expect(files(directory)).to.deep.equal(['peer_after.json'])
  })

  it('writes where it should whatever the name, also beside what is in its way', async () => {
    const names = ['../../escape', '/etc/passwd', '..', '', 'a\0b', 'x'.repeat(5000), 'C:\\x', 'ünï 🦊', 'peer\n']
    const parent = newDirectory()
    for (const [i, name] of names.entries()) {
      const directory = join(parent, String(i), 'peers')
      await open({ directory }).announce(member(one, { name }))
      expect(files(directory), name).to.have.length(1)
      expect(files(join(parent, String(i))), name).to.deep.equal(['peers'])
    }
    const directory = newDirectory()
    fs.mkdirSync(join(directory, 'peer_runner.json'), { recursive: true })
    await open({ directory }).announce(member(one))
    expect(files(directory)).to.deep.equal(['peer_runner-11111111.json', 'peer_runner.json'])
  })

  it('rejects with what to do where the folder cannot be used, and can be tried again', async () => {
    const taken = join(root, 'taken')
    fs.writeFileSync(taken, '')
    const directory = join(taken, 'peers')
    const discovery = open({ directory })
    for (const call of [discovery.start(() => {}), discovery.announce(member(one))]) {
      const error = await call.catch((error: unknown) => error)
      expect(error).to.include({ name: 'MeshError', code: 'ERR_DISCOVERY' })
      expect(error).to.have.property('message').that.includes(`make ${directory} a folder that you can write to`)
    }
    fs.rmSync(taken)
    await discovery.start(() => {})
    await discovery.announce(member(one))
    expect(files(directory)).to.have.length(1)
    await discovery.stop()
    const late = await discovery.announce(member(one)).catch((error: unknown) => error)
    expect(late).to.have.property('code', 'ERR_STOPPED')
    expect(files(directory)).to.deep.equal([])
  })

  it('warns once of a folder that is gone, and of a listener that throws', async () => {
    const directory = newDirectory()
    const { promise, resolve } = Promise.withResolvers<unknown>()
    await open({ directory, pollMs: 5, onWarning: resolve }).start(() => {})
    fs.rmSync(directory, { recursive: true })
    expect(await promise).to.have.property('code', 'ERR_DISCOVERY')

    write(directory, 'peer_a.json', formatPeer(member(one)))
    const warnings: unknown[] = []
    const discovery = open({ directory, onWarning: (warning) => warnings.push(warning) })
    await discovery.start(() => {
      throw new Error('from the listener')
    })
    expect(warnings).to.have.length(1)
  })

  it('lets processes find each other, end by themselves, and leave nothing behind', async () => {
    const directory = newDirectory()
    const fixture = join(import.meta.dirname, 'fixtures/file-peer.ts')
    const hooks = new URL('../../../scripts/node-22.mjs', import.meta.url).href
    const ids = [one, two, three]
    const children = ids.map((peerId) =>
      spawn(process.execPath, ['--import', hooks, fixture, directory, peerId, 'same-name'], {
        stdio: ['pipe', 'pipe', 'inherit']
      })
    )
    await Promise.all(
      children.map(async (child, i) => {
        const missing = new Set(ids.filter((id) => id !== ids[i]))
        for await (const line of createInterface({ input: child.stdout })) {
          missing.delete(line as typeof one)
          if (missing.size === 0) break
        }
      })
    )
    const codes = children.map(async (child) => {
      child.stdout.resume()
      child.stdin.end()
      return (await once(child, 'exit'))[0]
    })
    expect(await Promise.all(codes)).to.deep.equal([0, 0, 0])
    expect(files(directory)).to.deep.equal([])
  })
})
