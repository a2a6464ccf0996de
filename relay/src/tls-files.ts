import { readFileSync, statSync } from 'node:fs'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { RelayOptions } from './options.ts'

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder'
}

/** A certificate is renewed weeks before it expires. */
const lookMs = 60_000

/** @throws with the option that named the file, and why it cannot be read */
function readNamed(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const code = String((cause as NodeJS.ErrnoException).code)
    throw new Error(`cannot read ${option} ${file}: ${reasons[code] ?? code}`, { cause })
  }
}

/** @throws with both options if the files cannot be read, or hold no certificate and its key */
function readTls(certFile: string, keyFile: string): { cert: string; key: string; context: SecureContext } {
  const tls = { cert: readNamed('--tls-cert', certFile), key: readNamed('--tls-key', keyFile) }
  try {
    return { ...tls, context: createSecureContext(tls) }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : cause
    throw new Error(`--tls-cert ${certFile} and --tls-key ${keyFile} cannot be used: ${why}`, { cause })
  }
}

export interface TlsFilesOptions {
  certFile: string
  keyFile: string
  /** Monotonic, ms. */
  now?: () => number
  /** They have changed, and cannot be used as they are now. Told once, until they can. */
  warn(error: Error): void
}

/**
 * A certificate and its key from files. When the files have changed, clients that connect by a name get the new ones, a minute later
 * at most: a renewal needs no restart, which would end all circuits.
 *
 * @throws with both options if the files cannot be read, or hold no certificate and its key
 */
export function openTls({ certFile, keyFile, now = () => performance.now(), warn }: TlsFilesOptions) {
  const { cert, key, context } = readTls(certFile, keyFile)
  const changedAt = () => [certFile, keyFile].map((file) => statSync(file).mtimeMs).join()
  let current = context
  let read = changedAt()
  let lookedAt = now()
  let isWarned = false

  function look(): void {
    lookedAt = now()
    try {
      const changed = changedAt()
      if (changed === read) return
      // Of two files that are replaced one after the other, the first does not fit yet.
      current = readTls(certFile, keyFile).context
      read = changed
      isWarned = false
    } catch (error) {
      if (!isWarned) warn(error as Error)
      isWarned = true
    }
  }

  return {
    cert,
    key,
    SNICallback(_name, done) {
      if (now() - lookedAt >= lookMs) look()
      done(null, current)
    }
  } satisfies RelayOptions['tls']
}
