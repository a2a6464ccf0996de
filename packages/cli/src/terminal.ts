import { Transform } from 'node:stream'

// An installation token ends with a JWT (RFC 7519), whose three parts are separated by dots; so is an app's own credential.
const credential = /\b(?:gh[pousr]_|github_pat_|ghm1_|eyJ[\w-]+\.(?=[\w-]))[\w-]+(?:\.[\w-]+)*/g
// Control characters, including the invisible ones that change the direction of text, and line ends.
const steering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * One line that is safe for a terminal, whatever another process or a member has put into it: it cannot control the terminal,
 * look like another line, or show a credential. Everything that commands print goes through here, or through the two below.
 */
export const shown = (text: string): string => text.replace(steering, '?').replace(credential, '***')

/** A JSON document with the same meaning that cannot control a terminal: plain JSON allows some of those characters. */
export const documentText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`
    ).join('')
  )

/** A body of several lines that is safe for a terminal. If the output is not a terminal, the body stays as it is. */
export function bodyForTerminal(): Transform {
  const decoder = new TextDecoder()
  const safe = (text: string) => text.replace(steering, (character) => (/[\n\t]/.test(character) ? character : '?'))
  return new Transform({
    transform: (chunk, _encoding, done) => done(null, safe(decoder.decode(chunk, { stream: true }))),
    flush: (done) => done(null, safe(decoder.decode()))
  })
}
