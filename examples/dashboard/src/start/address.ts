import { keepSettings, readSettings } from './settings.ts'

export const defaultApiUrl = 'https://api.github.com'

/** GitHub's API, unless the address names another: `?api=`. */
export const apiUrlOf = (search: string): string =>
  (new URLSearchParams(search).get('api') ?? defaultApiUrl).replace(/\/+$/, '')

/** True for what the mesh takes as the address of an API. */
export function isApiUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.username + url.password + url.search + url.hash === ''
}

/** This page with GitHub's own API. */
export function addressWithoutApi(): string {
  const url = new URL(location.href)
  url.searchParams.delete('api')
  return url.href
}

/**
 * Takes `#secret=...&relay=...` out of the address bar, and so out of the history and of screens that are shared, and keeps
 * it for this tab. A token that was entered before stays. False when there is nothing to take.
 */
export function takeSecret(apiUrl: string): boolean {
  const given = new URLSearchParams(location.hash.slice(1))
  const secret = given.get('secret')
  if (secret === null && !given.has('relay')) return false
  history.replaceState(null, '', location.pathname + location.search)
  const before = readSettings(apiUrl)
  keepSettings(apiUrl, {
    secret: secret ?? before?.secret,
    relays: given.has('relay') ? given.getAll('relay') : (before?.relays ?? []),
    token: before?.token
  })
  return true
}
