import type { Bytes } from '../bytes.ts'

const decoder = new TextDecoder()
const quote = 0x22
const backslash = 0x5c
const isSpace = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/**
 * The same JSON without insignificant white space, textually: GitHub pretty-prints after hashing for some user agents,
 * and parsing would change numbers (`0.0`, ids above 2^53).
 */
export function compact(json: Uint8Array): Bytes {
  const out = new Uint8Array(json.byteLength)
  let length = 0
  let inString = false
  for (let i = 0; i < json.byteLength; i++) {
    const byte = json[i] as number
    if (inString) {
      out[length++] = byte
      if (byte === backslash && i + 1 < json.byteLength) out[length++] = json[++i] as number
      else if (byte === quote) inString = false
    } else if (!isSpace(byte)) {
      out[length++] = byte
      inString = byte === quote
    }
  }
  return out.slice(0, length)
}

/** What a body says about itself. */
export interface Inspection {
  /** It depends on who asked: it names permissions or settings of the viewer. */
  variant: boolean
  /** It carries a credential, or a private profile: never shared, whoever asked. */
  secret: boolean
  /** Length of the array that the body is; undefined for anything else. */
  items?: number
  /** What a repository object says of itself. */
  repository?: { id: string; name: string; public: boolean }
}

const viewerField = /^(?:permissions|role_name|viewer_\w+|current_user_\w+|security_and_analysis|allow_\w+_merge)$/
const privateField =
  /^(?:total_private_repos|owned_private_repos|private_gists|billing_email|two_factor_authentication|two_factor_requirement_enabled)$/
// Prefixes of GitHub's token formats: https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
const credential = /\b(?:gh[pousr]|github_pat)_\w{20,}|(?:[?&]|\\u0026)(?:access_)?token=[^&"\\\s]/

/** Looks into a body once, when it is stored. What is not JSON is searched as text. */
export function inspect(body: Uint8Array, json: boolean): Inspection {
  const source = decoder.decode(body) // leniently: a byte that is not UTF-8 must not hide what stands beside it
  const found: Inspection = { variant: false, secret: credential.test(source) }
  if (!json) return found
  let parsed: unknown
  try {
    parsed = JSON.parse(source, (name, value) => {
      if (viewerField.test(name)) found.variant = true
      else if (privateField.test(name) || (name === 'temp_clone_token' && value)) found.secret = true
      return value
    })
  } catch {
    return { ...found, secret: true } // says JSON and is not: nothing is known about it
  }
  if (Array.isArray(parsed)) found.items = parsed.length
  else if (typeof parsed === 'object' && parsed !== null)
    found.repository = repositoryIn(parsed as Record<string, unknown>)
  return found
}

function repositoryIn({ id, full_name: name, private: hidden, visibility = 'public' }: Record<string, unknown>) {
  if (typeof id !== 'number' || typeof name !== 'string' || typeof hidden !== 'boolean') return undefined
  return { id: String(id), name: name.toLowerCase(), public: !hidden && visibility === 'public' }
}
