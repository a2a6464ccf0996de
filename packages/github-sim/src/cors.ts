/** What a browser may read of a response. `Vary` and `Date` are not in it, as at api.github.com. */
export const exposedHeaders =
  'ETag, Link, Location, Retry-After, X-GitHub-OTP, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Used, ' +
  'X-RateLimit-Resource, X-RateLimit-Reset, X-OAuth-Scopes, X-Accepted-OAuth-Scopes, X-Poll-Interval, ' +
  'X-GitHub-Media-Type, X-GitHub-SSO, X-GitHub-Request-Id, Deprecation, Sunset'

/** What a browser may send. `Cache-Control` and custom headers are not in it. */
export const allowedHeaders =
  'Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, X-GitHub-OTP, ' +
  'X-Requested-With, User-Agent, GraphQL-Features, X-GitHub-Api-Version'

export const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': exposedHeaders
}

/** The answer to an `OPTIONS` preflight. Costs nothing. */
export function preflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': allowedHeaders,
      'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE',
      'access-control-max-age': '86400',
      'content-security-policy': "default-src 'none'",
      server: 'github.com',
      vary: 'Accept-Encoding, Accept, X-Requested-With'
    }
  })
}
