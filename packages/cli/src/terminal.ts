import { Transform } from 'node:stream'

const credential = /\b(?:gh[pousr]_|github_pat_|ghm1_)[\w-]+/g
// Control characters, the invisible ones that turn the direction of writing among them, and ends of lines.
const steering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * One line as a terminal may have it, whatever another process or a member has put into it: nothing that steers the terminal
 * or looks like another line, and no credential. All that commands print goes through here, or through the two below.
 */
export const shown = (text: string): string => text.replace(steering, '?').replace(credential, '***')

/** A document that means the same and steers nothing: JSON alone lets some of those characters stand. */
export const documentText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`
    ).join('')
  )

/** A body of several lines on its way to a terminal. Where no terminal reads, it goes as it is. */
export function bodyForTerminal(): Transform {
  const decoder = new TextDecoder()
  const safe = (text: string) => text.replace(steering, (character) => (/[\n\t]/.test(character) ? character : '?'))
  return new Transform({
    transform: (chunk, _encoding, done) => done(null, safe(decoder.decode(chunk, { stream: true }))),
    flush: (done) => done(null, safe(decoder.decode()))
  })
}
