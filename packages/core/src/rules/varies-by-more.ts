/** What can be sent without changing more of an answer than the key, the viewer and white space tell. */
const harmless = /^(?:accept(?:-encoding)?|authorization|cookie|origin|user-agent|x-github-.+|x-requested-with)$/

/**
 * Whether an answer's `Vary` says that it is another one without a header that was sent, and that no key knows (RFC 9111,
 * section 4.1). What GitHub names today is harmless; its "X-Requested-With" changes pages, and nothing of the API.
 */
export const variesByMore = (vary: string | null, sent: Headers): boolean =>
  (vary ?? '')
    .toLowerCase()
    .split(/\s*,\s*/)
    .some((name) => name === '*' || ([...sent.keys()].includes(name) && !harmless.test(name)))
