import { type Bucket, createBucket, decodeQuestion, encodeAnswer, questionVersion } from 'ghmesh/protocol'
import { LRUCache } from 'lru-cache'
import type { RelayLimits } from './limits.ts'
import type { Proofs } from './proofs.ts'
import type { Tally } from './tally.ts'

const relay = encodeAnswer({ type: 'relay' })
const error = (code: 'version' | 'malformed' | 'unproven' | 'busy') => encodeAnswer({ type: 'error', code })

/** A relay's side of the exchange protocol: it accepts proofs, and has nothing else to give. */
export function createQuestions(limits: RelayLimits, proofs: Proofs, tally: Tally, now: () => number) {
  const rates = new LRUCache<string, Bucket>({
    max: limits.rememberedPeers,
    memoMethod: () => createBucket(limits.questionsPerSecond, limits.questionsBurst, now)
  })

  async function answer(from: string, asked: Uint8Array): Promise<Uint8Array> {
    if (!rates.memo(from).take()) {
      tally.rejected('question-rate')
      return error('busy')
    }
    const question = decodeQuestion(asked)
    if (question?.type === 'proof') return (await proofs.show(question.proof, from)) ? relay : error('unproven')
    tally.rejected('question')
    if (question) return error('unproven')
    const version = questionVersion(asked)
    return error(version !== undefined && version !== 1 ? 'version' : 'malformed')
  }

  return {
    async *request(from: string, asked: Uint8Array): AsyncGenerator<Uint8Array> {
      yield await answer(from, asked)
    }
  }
}
