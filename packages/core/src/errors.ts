/** Why something of ghmesh failed; stable across versions. */
export type MeshErrorCode =
  | 'ERR_INVALID_OPTION'
  | 'ERR_RUNTIME'
  | 'ERR_VALUE_TOO_LARGE'
  | 'ERR_STOPPED'
  | 'ERR_STORE'
  | 'ERR_TRANSPORT'
  | 'ERR_DISCOVERY'
  | 'ERR_PROTOCOL'

/** The only error class of ghmesh. The message says what to do next; `cause` keeps what led to it. */
export class MeshError extends Error {
  override readonly name = 'MeshError'
  readonly code: MeshErrorCode

  constructor(code: MeshErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The error itself when it already is a MeshError, else a MeshError with `cause`. */
export function toMeshError(code: MeshErrorCode, doing: string, cause: unknown): MeshError {
  if (cause instanceof MeshError) return cause
  return new MeshError(code, `${doing}: ${cause instanceof Error ? cause.message || cause.name : String(cause)}`, {
    cause
  })
}

export const stoppedError = (): MeshError =>
  new MeshError('ERR_STOPPED', 'this mesh was stopped; make another one with createMesh')
