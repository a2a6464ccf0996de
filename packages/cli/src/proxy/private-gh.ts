import { chmod, copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { ghConfigDir, setGhSocket } from './gh-config.ts'
import { makeRunFolder } from './place.ts'
import { isAlive } from './state.ts'

/** A configuration of gh's for one command. */
export interface PrivateGh {
  configDir: string
  socket: string
  remove(): Promise<void>
}

/** A copy of gh's configuration that uses a socket beside it, in a folder for this user's eyes only. */
export async function privateGh(): Promise<PrivateGh> {
  const run = await makeRunFolder()
  await sweep(run)
  const configDir = await mkdtemp(join(run, `gh-${process.pid}-`))
  const remove = () => rm(configDir, { recursive: true, force: true })
  try {
    for (const name of ['config.yml', 'hosts.yml']) {
      const copy = join(configDir, name)
      const found = await copyFile(join(ghConfigDir(), name), copy).then(
        () => true,
        (error) => {
          if (error.code !== 'ENOENT') throw error
          return false
        }
      )
      if (found) await chmod(copy, 0o600)
    }
    const socket = join(configDir, 's')
    setGhSocket(configDir, socket)
    return { configDir, socket, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Removes what killed commands left: there may be a token of gh's in it. */
async function sweep(run: string): Promise<void> {
  for (const name of await readdir(run)) {
    const pid = /^gh-(\d+)-/.exec(name)?.[1]
    if (pid && !isAlive(Number(pid))) await rm(join(run, name), { recursive: true, force: true })
  }
}
