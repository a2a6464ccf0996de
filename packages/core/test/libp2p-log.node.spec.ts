import { expect } from 'chai'
import { createCommands } from '../../../test/support/commands.ts'
import { libp2pLog } from '../src/platform/node/libp2p-log.ts'

const script = `
  import { createMesh, memoryStore } from 'ghmesh'
  const mesh = await createMesh({ secret: 'a secret for one', store: memoryStore(), forceLocalhost: true, mdns: false, listenPort: 0, logger: { debug() {}, info() {}, warn() {}, error() {} } })
  await mesh.stop()
`

describe("libp2p's own log", () => {
  const commands = createCommands()
  after(() => commands.end())

  const written = async (debug: string) => {
    const { ended } = commands.start(process.execPath, ['--input-type=module', '-e', script], { DEBUG: debug })
    return (await ended).stderr
  }

  it('is written where DEBUG asks for it, and not otherwise', async () => {
    expect(await written('libp2p:*')).to.match(/libp2p:\w+/)
    expect(await written('')).to.equal('')
  })

  it('takes whatever libp2p says, and writes nothing', () => {
    const log = libp2pLog('').logger?.forComponent('a')
    expect(log?.enabled).to.equal(false)
    log?.newScope('b').newScope('c').error('%e', new Error('x'))
    log?.trace('y')
    log?.('z')
  })
})
