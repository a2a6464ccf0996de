import { type Finding, ok, warning } from './check.ts'

const install =
  'run npm i @libp2p/webrtc in the project that has ghmesh, with "overrides": { "react-native-webrtc": "npm:empty-npm-package@1.0.0" } in its package.json, which leaves out some 600 packages of React Native'
const servers = 'set GHMESH_ICE_SERVERS=stun:HOST:PORT to a STUN server of your choice, on every machine'
const carries = 'the relay carries everything between members that cannot reach each other'

/** Whether members that meet at a relay can connect directly afterwards. Without it they keep using the relay. */
export function checkWebRtc(installed: boolean, iceServers: readonly string[]): Finding {
  const asked = iceServers.length > 0
  if (installed && asked)
    return ok('possible if NATs preserve ports; behind symmetric ones the relay carries everything')
  if (installed) return warning(`only within one network, because no STUN server is set; otherwise ${carries}`, servers)
  if (asked)
    return warning(`GHMESH_ICE_SERVERS is not used, because @libp2p/webrtc is not installed: ${carries}`, install)
  return ok(`not set up: ${carries}. For direct connections: ${install}; and ${servers}`)
}
