import { type Command, Option } from 'commander'

/** Where to look: a running proxy, or a directory. */
export const addPlace = (command: Command): Command =>
  addSocket(command).addOption(
    new Option('--cache-dir <folder>', 'look at this directory, whether or not a proxy runs').conflicts('socket')
  )

export const addSocket = (command: Command): Command =>
  command.option('--socket <path>', "the proxy's socket (default: in the user's cache folder)")
