/** The certificate of WebRTC-direct. Its hash is part of the relay's addresses, so it has to stay the same. */
export interface WebRtcCertificate {
  privateKey: string
  pem: string
  certhash: string
}
