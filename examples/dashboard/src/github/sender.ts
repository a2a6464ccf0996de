import type { Mesh } from 'ghmesh'
import { asRest, type GraphqlQuestion, graphqlInit, graphqlUrlOf } from './graphql.ts'

/** Asked before each request: `only-if-cached` is one that GitHub does not see. */
export type ModeNow = () => RequestCache

export interface Sender {
  /** Without the token where GitHub does not accept it: most of what is shown is public. */
  send(url: string, modeNow: ModeNow): Promise<Response>
  /** Answered as REST would; 401 where GitHub does not accept the token. */
  sendQuestion(question: GraphqlQuestion, url: string, modeNow: ModeNow): Promise<Response>
  isTokenRefused(): boolean
  trustToken(): void
  takeOtherToken(): void
  /** Another one for each token: an answer that comes under another number than its request is one to another token. */
  tokenNumber(): number
}

/** GitHub refuses who keeps sending a bad token (https://docs.github.com/rest/authentication/authenticating-to-the-rest-api). */
const tokenRefusedMs = 15 * 60_000
/** A request that is never answered would keep its round, and with it all later ones, from ending. */
const maxAnswerMs = 30_000

interface SenderOptions {
  fetch: Mesh['fetch']
  apiUrl: string
  /** Milliseconds since the epoch. */
  now(): number
  /** A token that was refused is sent again. */
  onTrusted(): void
}

/** Sends requests with the token for as long as GitHub accepts it, and for no more than it permits. */
export function createSender({ fetch, apiUrl, now, onTrusted }: SenderOptions): Sender {
  const ask = (url: string, init: RequestInit) => fetch(url, { ...init, signal: AbortSignal.timeout(maxAnswerMs) })

  let tokenRefusedAt = Number.NEGATIVE_INFINITY
  // As far as this token may see them; a token whose rights are changed is asked again after a reload.
  let seesDeployments = true
  let tokenNumber = 0

  // Where the clock was set back since, nobody knows how long ago it was.
  const isTokenRefused = () => tokenRefusedAt <= now() && now() - tokenRefusedAt < tokenRefusedMs

  function trustToken(): void {
    if (tokenRefusedAt === Number.NEGATIVE_INFINITY) return
    tokenRefusedAt = Number.NEGATIVE_INFINITY
    onTrusted()
  }

  async function sendQuestion(question: GraphqlQuestion, url: string, modeNow: ModeNow): Promise<Response> {
    if (isTokenRefused()) return new Response(null, { status: 401 })
    const asked = tokenNumber
    const init = graphqlInit(question, url, { deployments: seesDeployments })
    const response = await ask(graphqlUrlOf(apiUrl), { ...init, cache: modeNow() })
    if (asked !== tokenNumber) return response
    if (response.status === 401) tokenRefusedAt = now()
    return asRest(response, apiUrl, () => {
      if (asked === tokenNumber) seesDeployments = false
      return sendQuestion(question, url, modeNow)
    })
  }

  return {
    async send(url, modeNow) {
      if (!isTokenRefused()) {
        trustToken()
        const asked = tokenNumber
        const response = await ask(url, { cache: modeNow() })
        if (response.status !== 401 || asked !== tokenNumber) return response
        tokenRefusedAt = now()
      }
      return ask(url, { cache: modeNow(), credentials: 'omit' })
    },
    sendQuestion,
    isTokenRefused,
    trustToken,
    takeOtherToken() {
      tokenNumber++
      seesDeployments = true
      trustToken()
    },
    tokenNumber: () => tokenNumber
  }
}
