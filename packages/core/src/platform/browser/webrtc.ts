/** Workers have no WebRTC: there nobody is told an address by it, and it is not tried. */
export const knowsWebRtc = () => typeof RTCPeerConnection === 'function'
