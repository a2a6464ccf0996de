import type { AddCommand } from './command.ts'

const help = `
Same output and exit code as gh; signals are passed on. gh gets a copy of your gh configuration, which is removed
afterwards. Exit code 127: gh was not found.

Example:
  $ ghmesh gh -- issue list --repo octocat/Hello-World`

export const addGh: AddCommand = (program, end) => {
  program
    .command('gh')
    .description('Run one gh command through the mesh')
    .argument('[arguments...]', "gh's own arguments, after --")
    .addHelpText('after', help)
    .action(async (args) => {
      const { gh } = await import('../gh.ts')
      end(await gh(args))
    })
}
