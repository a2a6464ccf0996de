import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { readOwnFile } from './own-file.ts'

/**
 * Whether a socket is a named pipe here: Node has no Unix sockets on Windows. Pipes are in no folder, and every user can create
 * one under a name that is known. So the name is random, and stands in a file at the socket's path.
 */
export const usesPipes: boolean = process.platform === 'win32'

const form = /^\\\\\.\\pipe\\ghmesh-[0-9a-f]{32}$/

export const newPipe = (): string => `\\\\.\\pipe\\ghmesh-${randomBytes(16).toString('hex')}`

/** The pipe of a socket; undefined if its file does not name one. */
export async function pipeOf(socket: string): Promise<string | undefined> {
  const { text } = (await readOwnFile(socket)) ?? {}
  return text !== undefined && form.test(text) ? text : undefined
}

/** Says where a pipe is that listens; the returned function takes it back. */
export async function tellPipe(socket: string, pipe: string): Promise<() => void> {
  await writeFile(socket, pipe, { flag: 'wx' })
  return () => rmSync(socket, { force: true })
}
