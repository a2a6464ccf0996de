import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

// What would make a child a member of some other group, or let it use a real token.
const foreign = /^(GH_|GITHUB_|GHMESH_|CACHE_|IPFS_ACCELERATE_|RUNNER_NAME$|NODE_OPTIONS$)/

export const cleanEnvironment = (more) => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
  ...more
})

/** The processes of one demo; `end` ends those that still run. */
export function createProcesses(signal) {
  const running = new Set()

  function keep(name, child) {
    running.add(child)
    child.name = name
    child.ended = new Promise((resolve) => {
      child.once('exit', (code, by) => {
        running.delete(child)
        resolve(code ?? by)
      })
      child.once('error', (error) => {
        running.delete(child)
        resolve(error.message)
      })
    })
    return child
  }

  return {
    /** A script of this folder, which is talked to in messages. */
    script: (name, file, env) => keep(name, fork(new URL(file, import.meta.url), { env: cleanEnvironment(env) })),

    /** A command; `said` gets each line of its output. */
    command(name, file, args, env, said) {
      const child = keep(
        name,
        spawn(process.execPath, [file, ...args], { env: cleanEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] })
      )
      for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', said)
      return child
    },

    /** Sends a message, if there is one, and resolves to the first answer that has `field`. */
    async answer(child, field, message) {
      const ended = child.ended.then((how) => Promise.reject(new Error(`the ${child.name} ended with ${how}`)))
      ended.catch(() => {})
      if (message) child.send(message)
      for (;;) {
        const [answer] = await Promise.race([once(child, 'message', { signal }), ended])
        if (answer[field] !== undefined) return answer
      }
    },

    async end() {
      const children = [...running]
      for (const child of children) {
        if (child.connected) child.disconnect()
        else child.kill()
      }
      const late = setTimeout(() => {
        for (const child of children) child.kill('SIGKILL')
      }, 5000)
      await Promise.all(children.map(({ ended }) => ended))
      clearTimeout(late)
    }
  }
}
