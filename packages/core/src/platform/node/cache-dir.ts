import envPaths from 'env-paths'

/** Where entries and identities are kept unless something else is said: the user's cache folder. */
export const defaultCacheDir = (): string => envPaths('ghmesh', { suffix: '' }).cache
