import { LRU } from 'tiny-lru'
import { type Bytes, fromHex, hex, utf8 } from '../bytes.ts'
import { deriveKeys, deriveTokenKeys } from './keys.ts'
import type { Mac } from './mac.ts'
import { type CheckedProof, checkProof, createProof } from './proof.ts'
import { rootOf } from './root.ts'
import { createSealing, type Opened, type Sealing } from './sealing.ts'

/** Those who call keys by the same names. */
export interface Names {
  /** What a key is called on the wire: HMAC-SHA-256, so that it says nothing without the secret. Hex in, 32 bytes out. */
  wireKey(key: string): Promise<Bytes>
}

/** Those members of a group that hold one token. */
export interface TokenGroup extends Names {
  /** What shows that a peer holds the token, to those who hold it; to all others it is 16 random bytes. */
  proofFor(peerId: string): Promise<Bytes>
}

/** All members with one secret, as one of them sees it. */
export interface Group extends Names {
  /** Hex SHA-256 of the group's public key: what a relay sees. */
  readonly id: string
  readonly publicKey: Bytes
  readonly topic: string
  proofFor(peerId: string): Promise<Bytes>
  sealGossip(bytes: Uint8Array, sender: string): Promise<Bytes>
  openGossip(sealed: Uint8Array, sender: string): Promise<Opened | undefined>
  /** Seals for a place outside of gossip: the registry, say. */
  seal: Sealing['seal']
  open: Sealing['open']
  ofToken(token: string): Promise<TokenGroup>
  /** The group's signature; who has only the public key can check it. Each use begins its statement with a label of its own. */
  sign(statement: Bytes): Promise<Bytes>
}

/** Where a group's gossip is published. */
export const topicOf = (groupId: string): string => `ghmesh/1/${groupId}`

/** @throws MeshError ERR_INVALID_OPTION for a secret that cannot be one. */
export async function openGroup(secret: string, now: () => number, proofLifetimeMs: number): Promise<Group> {
  const keys = await deriveKeys(await rootOf(secret))
  const sealing = createSealing(keys.sealingRoot, now)
  const topic = topicOf(keys.id)
  const place = (sender: string) => ({ purpose: 'gossip', place: topic, sender })
  let own: { peerId: string; madeAt: number; proof: Promise<Bytes> } | undefined
  return {
    id: keys.id,
    publicKey: keys.signingKey.publicKey,
    topic,
    wireKey: remembering(keys.wireKeyMac, 10_000, fromHex),
    async ofToken(token) {
      const { wireKeyMac, proofMac } = await deriveTokenKeys(await keys.tokenRoot(token))
      const proof = remembering(proofMac, 1000, utf8)
      return {
        wireKey: remembering(wireKeyMac, 2000, fromHex),
        proofFor: async (peerId) => (await proof(`ghmesh/1 token\n${peerId}`)).slice(0, 16)
      }
    },
    proofFor(peerId) {
      const madeAt = now()
      const age = madeAt - (own?.madeAt ?? 0)
      // Made by a clock that was ahead, it would be valid for longer than members take.
      if (own?.peerId === peerId && age >= 0 && age < proofLifetimeMs / 2) return own.proof
      own = { peerId, madeAt, proof: createProof(keys.signingKey, peerId, Math.floor(madeAt + proofLifetimeMs)) }
      return own.proof
    },
    sealGossip: (bytes, sender) => sealing.seal(bytes, place(sender)),
    openGossip: (sealed, sender) => sealing.open(sealed, place(sender)),
    seal: sealing.seal,
    open: sealing.open,
    sign: keys.signingKey.sign
  }
}

/** Of names, the last `max` of which are remembered. */
function remembering(mac: Mac, max: number, read: (name: string) => Bytes): (name: string) => Promise<Bytes> {
  const known = new LRU<Bytes>(max)
  return async (name) => {
    const before = known.get(name)
    if (before) return before
    const made = await mac(read(name))
    known.set(name, made)
    return made
  }
}

/** Checks proofs against the groups of this member, each proof of a peer once. */
export function createProofCheck(
  groups: readonly Group[],
  now: () => number,
  lifetimeMs: number
): (proof: Uint8Array, peerId: string) => Promise<(CheckedProof & { group: Group }) | undefined> {
  const checked = new LRU<Promise<CheckedProof | undefined>>(4096)
  return async (proof, peerId) => {
    const name = `${peerId} ${hex(proof)}`
    let check = checked.get(name)
    if (!check) {
      check = checkProof(proof, peerId, now(), lifetimeMs)
      checked.set(name, check)
    }
    const result = await check
    // Not kept: what a wrong clock made invalid may be valid as soon as that is set.
    if (!result) checked.delete(name)
    const group = groups.find(({ id }) => id === result?.groupId)
    return result && group && result.expiresAt > now() ? { ...result, group } : undefined
  }
}
