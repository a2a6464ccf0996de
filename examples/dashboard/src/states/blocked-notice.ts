import { addressWithoutApi, defaultApiUrl } from '../start/address.ts'
import type { Notice } from './notices.ts'

/** Said in place of what the blocked requests look like: a network that is down. */
export function withBlocked(notices: Notice[], apiUrl: string): Notice[] {
  const { origin } = new URL(apiUrl)
  return [
    {
      id: 'blocked',
      tone: 'problem',
      title: 'This page is not allowed to use this API',
      text: `Its content security policy does not name ${origin}. Check ?api= in the address, or ask the people who run this page to add it.`,
      actions: [],
      ...(apiUrl !== defaultApiUrl && {
        link: { label: `Use ${new URL(defaultApiUrl).host} instead`, url: addressWithoutApi() }
      })
    },
    ...notices.filter(({ id }) => id !== 'network')
  ]
}
