/** Images and actions below a folder that stand without a digest, a line each. */
export function unpinned(root: string): string[]
