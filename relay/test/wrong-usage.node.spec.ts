import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { createCommands } from '../../test/support/commands.ts'
import { startRelay } from './start-relay.ts'

const other = '12D3KooWR6LjzbLPT42RKd2KWTuBFZt1XKVcarmbrxEUvib5GCE7'
const webRtc = '/ip4/192.0.2.7/udp/4003/webrtc-direct'
type Variables = Record<string, string>

describe('ghmesh-relay, used wrongly', () => {
  const commands = createCommands()
  after(() => commands.end())

  /** It has to end by itself, with a line for people and none for members. */
  async function refuses(args: string[], env: Variables, expected: number, message: RegExp): Promise<void> {
    const running = startRelay(commands, args, env)
    const started = running.said(/"msg":"started/).then(
      () => running.child.kill('SIGKILL'),
      () => {}
    )
    const { code, stdout, stderr } = await running.ended
    await started
    expect([code, stdout], args.join(' ')).to.deep.equal([expected, ''])
    expect(stderr).to.match(message)
    expect(stderr.trim().split('\n').at(-1)).to.match(/^ghmesh-relay: /)
  }

  it('announces no address that nobody can dial', async () => {
    const cannotDial = /members cannot dial .*, such as \/dns4\/relay\.example\.com\/tcp\/4001/
    const cases: [string, RegExp][] = [
      ['/dns4/relay.example.com', cannotDial],
      ['/dns4/relay.example.com/tcp/4001,/dns4/relay.example.com', cannotDial],
      ['/dns4/relay.example.com/tcp/0', cannotDial],
      ['/ip4/0.0.0.0/tcp/4001', cannotDial],
      ['/ip4/192.0.2.7/udp/4001', cannotDial],
      ['/ip4/192.0.2.7/udp/4001/quic-v1', cannotDial],
      ['/dns4/relay.example.com/tcp/443/https', cannotDial],
      [`/dns4/relay.example.com/tcp/4001/p2p/${other}/p2p-circuit`, cannotDial],
      ['/', cannotDial],
      [
        `/dns4/relay.example.com/tcp/4001/p2p/${other}`,
        new RegExp(`${other} is not this relay's peer id, which is 12D3KooW\\w+: leave /p2p/ out, the relay adds it`)
      ],
      [
        webRtc,
        /needs the WebRTC-direct port, which is off: set --webrtc-port \(webRtcPort\), or leave this address out/
      ]
    ]
    for (const [address, message] of cases) await refuses(['--announce', address], {}, 2, message)
    const on = ['--webrtc-port', '0', '--announce']
    await refuses([...on, '/dns4/relay.example.com/udp/4003/webrtc-direct'], {}, 2, /an IP address, not a name/)
    await refuses(
      ['--tcp-port', 'off', '--announce', '/dns4/relay.example.com/tcp/1'],
      {},
      2,
      /set --tcp-port \(tcpPort\), or/
    )
    await refuses(
      ['--ws-port', 'off', '--announce', '/dns4/relay.example.com/tcp/1/wss'],
      {},
      2,
      /set --ws-port \(webSocketPort\), or/
    )
  })

  it('does not start without a port', async () => {
    const off = ['--tcp-port', 'off', '--ws-port', 'off', '--webrtc-port', 'off']
    await refuses(off, {}, 2, /--tcp-port, --ws-port and --webrtc-port are all off: nobody could connect; set one/)
  })

  it('does not announce WebRTC-direct where its native part is missing', async () => {
    const only = ['--webrtc-port', '0', '--announce', webRtc]
    await refuses(only, {}, 1, /no WebRTC-direct, and nothing else to announce; npm install node-datachannel, or/)
    const alone = ['--tcp-port', 'off', '--ws-port', 'off', '--webrtc-port', '0']
    await refuses(alone, {}, 1, /no WebRTC-direct, and nothing else to listen on; npm install node-datachannel, or/)
    const running = startRelay(commands, [
      '--webrtc-port',
      '0',
      '--announce',
      `${webRtc},/dns4/relay.example.com/tcp/1`
    ])
    await running.said(/"msg":"started/)
    running.child.kill('SIGTERM')
    const { stdout, stderr } = await running.ended
    expect(stdout).to.match(/^GHMESH_RELAYS=\/dns4\/relay\.example\.com\/tcp\/1\/p2p\/\w+\n$/)
    expect(stderr).to.include('no WebRTC-direct').and.to.include(`"notAnnounced":["${webRtc}"]`)
  })

  // Relay's README: "The relay refuses other variables"
  it('knows its variables, and takes no others for its own', async () => {
    const cases: [string, RegExp][] = [
      [
        'TCP_PROT',
        /variable GHMESH_RELAY_TCP_PROT \(Did you mean GHMESH_RELAY_TCP_PORT\?\); see ghmesh-relay --help\n$/
      ],
      ['GRUOP', /variable GHMESH_RELAY_GRUOP \(Did you mean GHMESH_RELAY_GROUP\?\)/],
      ['GROUPS', /variable GHMESH_RELAY_GROUPS \(Did you mean GHMESH_RELAY_GROUP\?\)/],
      ['HTPP_PORT', /\(Did you mean GHMESH_RELAY_HTTP_PORT\?\)/],
      ['SOMETHING_ELSE', /variable GHMESH_RELAY_SOMETHING_ELSE; see/]
    ]
    for (const [name, message] of cases) await refuses([], { [`GHMESH_RELAY_${name}`]: '1' }, 2, message)
  })

  it('starts beside variables of others, those that are empty, and those of a service in Kubernetes', async () => {
    const running = startRelay(commands, [], {
      GHMESH_RELAYS: 'of members',
      GHMESH_RELAY_GROUPS: ' ',
      GHMESH_RELAY_SERVICE_HOST: '10.0.0.1',
      GHMESH_RELAY_SERVICE_PORT: '4001',
      GHMESH_RELAY_SERVICE_PORT_TCP: '4001',
      GHMESH_RELAY_PORT: 'tcp://10.0.0.1:4001',
      GHMESH_RELAY_PORT_4001_TCP: 'tcp://10.0.0.1:4001',
      GHMESH_RELAY_PORT_4001_TCP_PROTO: 'tcp',
      GHMESH_RELAY_PORT_4001_TCP_PORT: '4001',
      GHMESH_RELAY_PORT_4001_TCP_ADDR: '10.0.0.1',
      GHMESH_RELAY_METRICS_SERVICE_HOST: '10.0.0.2'
    })
    await running.said(/"msg":"started/)
    running.child.kill('SIGTERM')
    expect((await running.ended).code).to.equal(0)
  })

  it('names the option of an address that cannot be used', async () => {
    const elsewhere = (option: string) =>
      new RegExp(`^ghmesh-relay: cannot listen on 192\\.0\\.2\\.7 \\(EADDRNOTAVAIL\\); choose .* with ${option}\n$`)
    await refuses(['--host', 'localhost'], {}, 2, /--host.* localhost is not an IP address, such as 127\.0\.0\.1 or ::/)
    await refuses(['--host', 'fe80::1%lo'], {}, 2, /--host.* fe80::1%lo is not an IP address/)
    await refuses(['--host', '192.0.2.7'], {}, 1, elsewhere('--host'))
    await refuses(['--http-host', '192.0.2.7'], {}, 1, elsewhere('--http-host'))
    const unknown = /^ghmesh-relay: cannot listen on no\.invalid \(E\w+\); choose .* with --http-host\n$/
    await refuses(['--http-host', 'no.invalid'], {}, 1, unknown)
  })

  it('names the option of a file that cannot be used', async () => {
    const folder = commands.folder('files')
    const said = (what: string, file: string, code: string) =>
      new RegExp(`^ghmesh-relay: cannot ${what} ${file} \\(${code}\\); choose another with --key-file\n$`)
    await refuses(['--key-file', folder], {}, 1, said('read', folder, 'EISDIR'))
    if (existsSync('/proc/self')) await refuses(['--key-file', '/proc/x'], {}, 1, said('create', '/proc/x', 'ENOENT'))
    const text = join(import.meta.dirname, 'start-relay.ts')
    const noCertificate = /^ghmesh-relay: --tls-cert \S+ and --tls-key \S+ cannot be used: .+\n$/
    await refuses(['--tls-cert', text, '--tls-key', text], {}, 1, noCertificate)
  })
})
