import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecret, filePeers } from 'ghmesh'
import { createOutput, type Output } from '../output.ts'
import type { SmokeFlags } from './flags.ts'
import { type ReaderReport, read } from './reader.ts'
import { type WriterReport, write } from './writer.ts'

export interface LocalReport {
  ok: boolean
  role: 'local-two-node'
  target: string
  reader: ReaderReport
  writer: WriterReport
}

/** A reader and a writer in one process, each with its own folder, over loopback; GitHub is not called. */
export async function localTwoNode(flags: SmokeFlags, output: Output, signal: AbortSignal): Promise<LocalReport> {
  const folder = await mkdtemp(join(tmpdir(), 'ghmesh-smoke-'))
  const secret = flags.sharedSecret ?? createSecret()
  const member = (name: string) => ({
    flags: { ...flags, synthetic: true, sharedSecret: secret, cacheDir: join(flags.cacheDir ?? folder, name) },
    output: createOutput({ json: flags.json, prefix: `${name}: ` }),
    options: { name, listenPort: 0, forceLocalhost: true, discovery: [filePeers({ directory: join(folder, 'peers') })] }
  })
  const [a, b] = [member('reader'), member('writer')]
  // If one fails, the other has nothing to wait for.
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const guard = <T>(work: Promise<T>) =>
    work.catch((error) => {
      failed.abort(error)
      throw failed.signal.reason
    })
  try {
    const both = [
      guard(read(a.flags, a.output, either, a.options)),
      guard(write(b.flags, b.output, either, b.options))
    ] as const
    await Promise.allSettled(both)
    const [reader, writer] = await Promise.all(both)
    const ok = reader.ok && writer.ok
    if (ok) output.line('Both members work: the entry travelled from one to the other')
    return { ok, role: 'local-two-node', target: flags.target, reader, writer }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
