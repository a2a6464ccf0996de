import process from 'node:process'
import { privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import { Command, CommanderError } from 'commander'
import { groupIdOf } from 'ghmesh/protocol'
import { type Announced, announcedBy, readAnnounced } from './announced.ts'
import { clearUnset, unknownVariable } from './environment.ts'
import { explainNode, explainStatus } from './explain.ts'
import { addOptions, type Flags } from './flags.ts'
import { type StatusServer, serveStatus } from './http.ts'
import { defaultKeyFile, isOpenToOthers, keepCertificate, openIdentity, readCertificate } from './identity.ts'
import { openLog } from './log.ts'
import { createRelay } from './relay.ts'
import { openTls } from './tls-files.ts'
import { version } from './version.ts'

const help = `
Prints the line for members: GHMESH_RELAYS=... Every option can also be set as an environment variable: --tcp-port is
GHMESH_RELAY_TCP_PORT, and so on; separate several values with commas. SIGTERM and SIGINT drain and stop the relay; a
second signal, a second later, stops it at once. Exit code: 0 stopped, 1 could not start, 2 wrong usage.

Example:
  $ ghmesh-relay --announce /dns4/relay.example.com/tcp/4001 --group "$(ghmesh group)"`

class UsageError extends Error {}

/** The command `ghmesh-relay`; resolves to the exit code. */
export async function run(argv: string[]): Promise<number> {
  // A reader that stops early (`ghmesh-relay --help | head`) is not an error.
  // Nor is a terminal that has gone, or a full disk: a relay goes on without what it prints.
  process.stdout.on('error', () => {})
  clearUnset(process.env)
  const program = addOptions(new Command('ghmesh-relay'), defaultKeyFile(process.env))
    .exitOverride()
    .configureOutput({ outputError() {} })
    .description('A relay for ghmesh: members behind NATs and in browsers meet at it; it cannot read what it forwards')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .allowExcessArguments(false)
    .addHelpText('after', help)
  try {
    program.parse(argv)
    const unknown = unknownVariable(
      process.env,
      program.options.flatMap(({ envVar }) => envVar ?? [])
    )
    if (unknown !== undefined) throw new UsageError(unknown)
    await serve(program.opts<Flags>())
    return 0
  } catch (error) {
    const usage = error instanceof CommanderError || error instanceof UsageError
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    const said = (error instanceof Error ? error.message : String(error))
      .replace(/^error: /, '')
      .replace(/\s*\n\s*/g, ' ')
      .replace(/\.$/, '')
    // Only here: once it is touched, a pipe there no longer waits for its reader, and the log would find it busy.
    process.stderr.on('error', () => {})
    process.stderr.write(`ghmesh-relay: ${said}${usage ? '; see ghmesh-relay --help' : ''}\n`)
    return usage ? 2 : 1
  }
}

async function serve(flags: Flags): Promise<void> {
  if ((flags.tlsCert === undefined) !== (flags.tlsKey === undefined)) {
    throw new UsageError('--tls-cert and --tls-key must be used together')
  }
  if ((flags.shelf === undefined) !== (flags.shelfDir === undefined)) {
    throw new UsageError('--shelf and --shelf-dir must be used together')
  }
  const ways = readWays(flags)
  const groups = flags.group && (await Promise.all(flags.group.map(groupIdOf)).catch((error) => wrongUsage(error)))
  const privateKey = await openIdentity(flags.keyFile)
  const announce = usable(() => ways?.map((way) => announcedBy(peerIdOf(privateKey), way)))
  const logger = openLog(flags.logLevel)
  const { tlsCert: certFile, tlsKey: keyFile } = flags
  const warn = ({ message }: Error) => logger.warn({ why: message }, 'the certificate of before is used')
  const tls = certFile !== undefined && keyFile !== undefined && openTls({ certFile, keyFile, warn })
  const relay = createRelay({
    host: flags.host,
    tcpPort: flags.tcpPort,
    webSocketPort: flags.wsPort,
    webRtcPort: flags.webrtcPort,
    ...(tls && { tls }),
    announce,
    groups,
    proxies: flags.proxy,
    ...(flags.shelf !== undefined &&
      flags.shelfDir !== undefined && { shelf: { bytes: flags.shelf, directory: flags.shelfDir } }),
    privateKey,
    webRtcCertificate: readCertificate(flags.keyFile),
    limits: flags.limit,
    logger,
    logAddresses: flags.logAddresses
  })
  if (isOpenToOthers(flags.keyFile)) {
    logger.warn({}, `other users can read ${flags.keyFile}; chmod 600 ${flags.keyFile}`)
  }
  const asked = nextSignal()
  let status: StatusServer | undefined
  try {
    await relay.start().catch((error) => {
      throw explainNode(error, flags.host)
    })
    if (relay.certificate) keepCertificate(flags.keyFile, relay.certificate)
    const { httpHost, httpPort } = flags
    if (httpPort !== 'off')
      status = await serveStatus(relay, httpHost, httpPort).catch((error) => {
        throw explainStatus(error, httpHost, httpPort)
      })
    process.stdout.write(`GHMESH_RELAYS=${relay.addresses.join(',')}\n`)
    if (groups)
      logger.info({ groups: groups.length, status: status?.url }, 'started; serving only the configured groups')
    else logger.info({ status: status?.url }, 'started; open: serving every group, --group restricts that')
    const signal = await asked
    logger.info({ signal, ...relay.figures }, 'draining')
    await relay.drain()
  } finally {
    await relay.stop()
    await status?.close()
  }
  logger.info({}, 'stopped')
}

/** The addresses to announce; undefined for those of this machine. */
function readWays({ tcpPort, wsPort, webrtcPort, announce }: Flags): Announced[] | undefined {
  const ports = { tcp: tcpPort, webSocket: wsPort, webRtc: webrtcPort }
  if (Object.values(ports).every((port) => port === 'off'))
    throw new UsageError('--tcp-port, --ws-port and --webrtc-port are all off: nobody could connect; set one of them')
  return usable(() => announce?.map((address) => readAnnounced(address, ports)))
}

function usable<T>(announced: () => T): T {
  try {
    return announced()
  } catch (error) {
    wrongUsage(error, '--announce: ')
  }
}

const peerIdOf = (privateKey: Uint8Array) => privateKeyFromProtobuf(privateKey).publicKey.toString()

function wrongUsage(error: unknown, option = ''): never {
  throw new UsageError(`${option}${error instanceof Error ? error.message : error}`)
}

// The terminal signals every process, and npx forwards the same signal again: two signals that mean one request.
const sameWishMs = 1000

/** Resolves with the first signal that asks to stop; another one, a second later, ends the process at once. */
function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let askedAt: number | undefined
    const heard = (signal: NodeJS.Signals) => {
      if (askedAt !== undefined && performance.now() - askedAt > sameWishMs)
        process.exit(signal === 'SIGINT' ? 130 : 143)
      askedAt ??= performance.now()
      resolve(signal)
    }
    process.on('SIGINT', heard).on('SIGTERM', heard)
  })
}
