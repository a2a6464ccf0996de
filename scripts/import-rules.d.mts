/** What breaks the rules below a folder, a line each. */
export function brokenRules(root: string, house?: { floors?: string[][]; callsFetch?: RegExp }): string[]
