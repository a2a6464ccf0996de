import { readFileSync } from 'node:fs'

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder'
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code)

/** @throws with the option that named the file, and why it cannot be read */
export function readNamed(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Error(`cannot read ${option} ${file}: ${reasons[codeOf(cause)] ?? codeOf(cause)}`, { cause })
  }
}

function advice(code: string, port: string, option: string, kind = ''): string | undefined {
  const named = `${kind}port ${port}`
  if (code === 'EADDRINUSE')
    return `${named} is in use: end that program, or choose another with ${option} (0 picks any free port)`
  if (code === 'EACCES') return `this user may not use ${named}: choose one from 1024 on with ${option}`
  return undefined
}

/** libp2p's words for a port that cannot be had, in words that say what to do; anything else as it is. */
export function explainNode(error: unknown): unknown {
  const [, kind = '', port = '', webSocket, code = ''] =
    /\/(tcp|udp)\/(\d+)((?:\/tls)?\/wss?)?\S*: .*?\b(EADDRINUSE|EACCES)\b/.exec(String(error)) ?? []
  const option = kind === 'udp' ? '--webrtc-port' : webSocket ? '--ws-port' : '--tcp-port'
  const said = advice(code, port, option, `${kind.toUpperCase()} `)
  return said === undefined ? error : new Error(said, { cause: error })
}

/** The same for the port of the status pages. */
export function explainStatus(error: unknown, port: number): unknown {
  const said = advice(codeOf(error), String(port), '--http-port')
  return said === undefined ? error : new Error(said, { cause: error })
}
