import { lpStream } from '@libp2p/utils'

export const protocol = '/bench/1'
const question = new Uint8Array(64)

/** A request and its answer on a stream of their own, and nothing else. */
export const bareCall = (connection) => async () => {
  const stream = await connection.newStream(protocol, { runOnLimitedConnection: true, maxOutboundStreams: 1000 })
  const frames = lpStream(stream)
  await frames.write(question)
  const answer = (await frames.read()).subarray()
  await stream.close()
  return answer
}
