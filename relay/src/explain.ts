const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code)

const cannotListen = (host: string, code: string, option: string) =>
  `cannot listen on ${host} (${code}); choose one of this machine's addresses with ${option}`

function advice(code: string, port: string, option: string, kind = ''): string | undefined {
  const named = `${kind}port ${port}`
  if (code === 'EADDRINUSE')
    return `${named} is in use: end that program, or choose another with ${option} (0 picks any free port)`
  if (code === 'EACCES') return `this user may not use ${named}: choose one from 1024 on with ${option}`
  return undefined
}

/** libp2p's words for a port or an address that cannot be had, in words that say what to do; anything else as it is. */
export function explainNode(error: unknown, host: string): unknown {
  const [notHere] = /\b(?:EADDRNOTAVAIL|EAFNOSUPPORT)\b/.exec(String(error)) ?? []
  if (notHere) return new Error(cannotListen(host, notHere, '--host'), { cause: error })
  const [, kind = '', port = '', webSocket, code = ''] =
    /\/(tcp|udp)\/(\d+)((?:\/tls)?\/wss?)?\S*: .*?\b(EADDRINUSE|EACCES)\b/.exec(String(error)) ?? []
  const option = kind === 'udp' ? '--webrtc-port' : webSocket ? '--ws-port' : '--tcp-port'
  const said = advice(code, port, option, `${kind.toUpperCase()} `)
  return said === undefined ? error : new Error(said, { cause: error })
}

/** The same for the address and port of the status pages. */
export function explainStatus(error: unknown, host: string, port: number): unknown {
  const code = codeOf(error)
  const said = /^(?:EADDRNOTAVAIL|EAFNOSUPPORT|ENOTFOUND|EAI_\w+)$/.test(code)
    ? cannotListen(host, code, '--http-host')
    : advice(code, String(port), '--http-port')
  return said === undefined ? error : new Error(said, { cause: error })
}
