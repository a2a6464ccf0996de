/**
 * What the published packages of a workspace lack to be published, a line each. A release needs a repository in each of them, and
 * where `repositoryUrl` is given (`https://HOST/OWNER/NAME`), that one.
 */
export function brokenFields(root: string, options?: { isRelease?: boolean; repositoryUrl?: string }): string[]
