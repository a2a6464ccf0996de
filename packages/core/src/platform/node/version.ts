import { MeshError } from '../../errors.ts'

/** The first Node with `node:sqlite` and no flag. `engines` in each package.json says the same; a test compares them. */
export const minNodeVersion = '22.13'

const parse = (version: string): [major: number, minor: number] => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return [major, minor]
}

/** One line that says what to do when this Node is too old for `program`; undefined when it is new enough. */
export function explainOldNode(program: string, version = process.versions.node): string | undefined {
  const [major, minor] = parse(version)
  const [minMajor, minMinor] = parse(minNodeVersion)
  if (major > minMajor || (major === minMajor && minor >= minMinor)) return undefined
  return `${program} needs Node ${minNodeVersion} or later; this is v${version}: install a newer one from https://nodejs.org`
}

/**
 * One line that says what to do when this only looks like Node, and members cannot be connected with it; undefined in Node.
 * Tried: Bun 1.4.5 never closes a WebSocket server, and Deno 2.9.6 never ends once libp2p has run in it.
 */
export function explainOtherRuntime(
  program: string,
  versions: Record<string, string | undefined> = process.versions
): string | undefined {
  const [found] = Object.entries({ Bun: versions.bun, Deno: versions.deno }).filter(([, version]) => version)
  if (!found) return undefined
  return `${program} cannot connect members in ${found.join(' ')}: run it with Node ${minNodeVersion} or later; without a secret, createMesh works here`
}

/**
 * One line that says what to do where `Uint8Array` is another one than that of Node's buffers, as jsdom has it: libp2p then takes
 * what it reads from a socket for something else. Undefined where all is well.
 */
export function explainOtherBytes(program: string): string | undefined {
  if (Buffer.alloc(0) instanceof Uint8Array) return undefined
  return `${program} cannot connect members here: Uint8Array is not Node's own, as in tests with jsdom; run them in Node's environment ("vitest --environment node"); without a secret, createMesh works here`
}

/** @throws MeshError ERR_RUNTIME when `program` cannot run here, or `isConnecting` and cannot connect members here. */
export function requireNode(program: string, isConnecting = false): void {
  const why =
    explainOldNode(program) ?? (isConnecting ? (explainOtherRuntime(program) ?? explainOtherBytes(program)) : undefined)
  if (why !== undefined) throw runtimeError(why)
}

/** An error without a stack trace: Node would print the line that threw, and in a bundle that line is hundreds of kilobytes long. */
function runtimeError(message: string): MeshError {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return new MeshError('ERR_RUNTIME', message)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
