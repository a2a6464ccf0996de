import { type Bytes, concat, hex, utf8 } from '../bytes.ts'

/** The id that git gives to a file with this content: SHA-1 over `blob`, its length, NUL and the content. */
export async function gitBlobId(body: Bytes): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-1', concat(utf8(`blob ${body.byteLength}\0`), body))))
}
