import { execFileSync } from 'node:child_process'

const npm = process.env.npm_execpath

/** npm runs with the Node that started it: the workspace's own may be replaced under it. Returns what it prints. */
export function runNpm(cwd: string, ...args: string[]): string {
  const [command, first] = npm ? [process.env.npm_node_execpath ?? process.execPath, [npm]] : ['npm', []]
  return execFileSync(command, [...first, ...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    encoding: 'utf8'
  })
}

/** Packs a workspace as it would be published. Returns the tarball's name in that folder. */
export function pack(root: string, workspace: string, folder: string): string {
  const [packed] = JSON.parse(
    runNpm(root, 'pack', `--workspace=${workspace}`, `--pack-destination=${folder}`, '--json')
  )
  return packed.filename
}
