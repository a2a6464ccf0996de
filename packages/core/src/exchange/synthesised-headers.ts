/** What a member's body is served with: nothing of it is the member's word but `link`, see `linkHeader`. */
export function synthesisedHeaders(accept: string, json: boolean, link: string): Record<string, string> {
  return {
    'content-type': json ? 'application/json; charset=utf-8' : mediaType(accept),
    'cache-control': 'private, max-age=60, s-maxage=60',
    'x-content-type-options': 'nosniff',
    ...(link && { link })
  }
}

// `application/vnd.github.raw` and its kind are answered under their own name; nothing else is believed.
const mediaType = (accept: string) =>
  /^application\/vnd\.github\.[\w.+-]+$/.test(accept) ? `${accept}; charset=utf-8` : 'application/octet-stream'
