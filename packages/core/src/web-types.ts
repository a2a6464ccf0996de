/*
 * Types of the Web under names of our own: a project in Node without the DOM library knows the values, yet not the names
 * `RequestInfo`, `RequestCache`, `CryptoKey`, `AddEventListenerOptions` and `RTCIceServer`.
 */

/** What `fetch` takes first. */
export type FetchInput = string | URL | Request

/** How a request wants to use caches (Fetch, section 2.2.5). */
export type CacheMode = Request['cache']

/** A key of WebCrypto. */
export type WebKey = Awaited<ReturnType<typeof crypto.subtle.deriveKey>>

/** As of any EventTarget: `once`, `signal`, and so on. */
export type ListenerOptions = Parameters<EventTarget['addEventListener']>[2]

/** A STUN or TURN server, as WebRTC's `RTCIceServer` has it. */
export interface IceServer {
  /** `stun:` and `turn:` URLs. */
  urls: string | string[]
  /** For TURN. */
  username?: string
  /** For TURN: the password. */
  credential?: string
}
