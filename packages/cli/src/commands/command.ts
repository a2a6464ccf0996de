import type { Command } from 'commander'

/** Adds one command to the program. Its work is imported when it is run: help and a mistyped option answer at once. */
export type AddCommand = (program: Command, end: (code: number) => void) => void
