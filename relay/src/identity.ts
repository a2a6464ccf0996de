import { randomBytes } from 'node:crypto'
import { constants, copyFileSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { homeFolder } from 'ghmesh/node-folder'
import type { WebRtcCertificate } from './certificate.ts'
import { makeFolder } from './make-folder.ts'

/** Where the key is kept by default: in systemd's state folder, or else in the user's. */
export function defaultKeyFile(environment: NodeJS.ProcessEnv, platform = process.platform): string {
  const home =
    platform === 'win32'
      ? (environment.LOCALAPPDATA ?? join(homeFolder(), 'AppData/Local'))
      : (environment.XDG_STATE_HOME ?? join(homeFolder(), '.local/state'))
  return join(environment.STATE_DIRECTORY ?? join(home, 'ghmesh-relay'), 'identity.key')
}

const advice = 'choose another with --key-file'

function read(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new Error(`cannot read ${file} (${code}); ${advice}`, { cause })
  }
}

/** What file systems without hard links say, such as those of some network shares and volumes. */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

function putInPlace(aside: string, file: string, link: typeof linkSync): void {
  try {
    link(aside, file)
  } catch (error) {
    if (!noLinks.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    copyFileSync(aside, file, constants.COPYFILE_EXCL)
  }
}

/** Writes a file that only its owner can read and that nobody sees half written; if two processes write it, the first one wins. */
function write(file: string, content: Uint8Array | string, link = linkSync): void {
  makeFolder(dirname(file), '--key-file')
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    writeFileSync(aside, content, { mode: 0o600 })
    putInPlace(aside, file, link)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code !== 'EEXIST') throw new Error(`cannot create ${file} (${code}); ${advice}`, { cause })
  } finally {
    rmSync(aside, { force: true })
  }
}

/**
 * The identity in a file, as libp2p's protobuf of a private key; if there is no file, it is created, readable by its owner only.
 *
 * @throws if the file cannot be read or written, or holds no key: it is never replaced, because members know its peer id.
 */
export async function openIdentity(file: string, link = linkSync): Promise<Uint8Array> {
  if (!read(file)) write(file, privateKeyToProtobuf(await generateKeyPair('Ed25519')), link)
  const key = read(file) ?? new Uint8Array()
  try {
    privateKeyFromProtobuf(key)
  } catch (cause) {
    throw new Error(`${file} does not contain a libp2p private key: restore it, or remove it to get a new peer id`, {
      cause
    })
  }
  return key
}

/** Whether others than its owner can read a file; never on Windows, where modes do not say so. */
export const isOpenToOthers = (file: string, platform = process.platform): boolean =>
  platform !== 'win32' && (statSync(file).mode & 0o077) !== 0

const certificateFile = (keyFile: string) => join(dirname(keyFile), 'webrtc-certificate.json')

/** The certificate kept next to the key; undefined if there is none, or a damaged one. */
export function readCertificate(keyFile: string): WebRtcCertificate | undefined {
  try {
    const { privateKey, pem, certhash } = JSON.parse(Buffer.from(read(certificateFile(keyFile)) ?? []).toString())
    const whole = [privateKey, pem, certhash].every((text) => typeof text === 'string')
    return whole ? { privateKey, pem, certhash } : undefined
  } catch {
    return undefined
  }
}

export function keepCertificate(keyFile: string, certificate: WebRtcCertificate): void {
  if (readCertificate(keyFile)) return
  rmSync(certificateFile(keyFile), { force: true }) // damaged
  write(certificateFile(keyFile), JSON.stringify(certificate))
}
