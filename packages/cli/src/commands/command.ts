import type { Command } from 'commander'

/** Adds one command to the program. Its code is imported when it runs, so help and errors in options appear at once. */
export type AddCommand = (program: Command, end: (code: number) => void) => void
