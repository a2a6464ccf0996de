/** What a `Link` header means, whatever name of its repository and order of parameters it has. */
export const linkMeaning = (link: string | null | undefined): string[] =>
  [...(link ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)]
    .map(([, url = '', rel]) => `${rel} ${[...new URL(url).searchParams].sort().join('&')}`)
    .sort()
