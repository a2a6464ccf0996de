import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Bytes } from '../../bytes.ts'
import { newPrivateKey } from '../../libp2p/private-key.ts'
import { makeFolder } from '../../store/filesystem-folder.ts'
import { plainly } from '../../store/filesystem-sqlite.ts'
import type { Identity } from '../platform.ts'
import { lockIdentity } from './lock.ts'

const maxBytes = 64 * 1024

interface Stored {
  version: 1
  /** Of the machine it was made on: a copied folder must not make two members of one name. */
  host: string
  machineKey: string
  privateKey: string
}

/** The machine's own id where there is one; never stored as it is. */
function hostMark(): string {
  let machineId = ''
  try {
    machineId = readFileSync('/etc/machine-id', 'utf8').trim()
  } catch {
    // not every system has one
  }
  return createHash('sha256').update(`ghmesh host\n${hostname()}\n${machineId}`).digest('hex')
}

async function newIdentity(): Promise<Stored> {
  const key = await newPrivateKey()
  return {
    version: 1,
    host: hostMark(),
    machineKey: randomBytes(32).toString('base64'),
    privateKey: Buffer.from(key).toString('base64')
  }
}

/** Throws for what is no plain file or much too large for an identity. */
function readPlain(file: string): string {
  const descriptor = openSync(file, constants.O_RDONLY | plainly)
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile() || stats.size > maxBytes) throw new Error(`${file} is no identity`)
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

function read(file: string): Stored | undefined {
  try {
    const stored: Stored = JSON.parse(readPlain(file))
    const complete = stored.version === 1 && stored.host === hostMark() && bytes(stored.machineKey).length === 32
    return complete && bytes(stored.privateKey).length > 0 ? stored : undefined
  } catch {
    return undefined
  }
}

const bytes = (base64: string): Bytes => new Uint8Array(Buffer.from(base64, 'base64'))

/** The identity file of a folder: the first process creates it, the others read it. */
async function readOrMake(file: string): Promise<Stored> {
  const found = read(file)
  if (found) return found
  const made = await newIdentity()
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(aside, JSON.stringify(made), { mode: 0o600, flag: 'wx' })
  try {
    linkSync(aside, file)
    return made
  } catch {
    const other = read(file)
    if (other) return other
    renameSync(aside, file) // damaged, or of another machine
    return made
  } finally {
    rmSync(aside, { force: true })
  }
}

/**
 * A peer id that stays the same from start to start, in `identity.json` of the folder. A second process at the same time,
 * a CI job, and a folder that cannot be written get one of their own.
 */
export async function openIdentity(directory: string, ephemeral: boolean): Promise<Identity> {
  const release = async () => {}
  let stored: Stored
  try {
    makeFolder(directory)
    stored = await readOrMake(join(directory, 'identity.json'))
  } catch {
    return { machineKey: new Uint8Array(randomBytes(32)), release }
  }
  const machineKey = bytes(stored.machineKey)
  if (ephemeral) return { machineKey, release }
  const held = lockIdentity(directory)
  if (!held) return { machineKey, release }
  return { machineKey, privateKey: bytes(stored.privateKey), release: async () => held.close() }
}
