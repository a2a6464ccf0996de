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

/** @throws MeshError ERR_RUNTIME when this Node is too old for `program`. */
export function requireNode(program: string): void {
  const why = explainOldNode(program)
  if (why !== undefined) throw runtimeError(why)
}

/** An error without a stack trace: Node would print the line that threw, and in a bundle that line is hundreds of kilobytes long. */
export function runtimeError(message: string): MeshError {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return new MeshError('ERR_RUNTIME', message)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
