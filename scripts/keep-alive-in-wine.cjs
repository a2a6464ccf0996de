// For Node in Wine 8, which refuses TCP_KEEPALIVE, whereupon no connection of `fetch` can be made.
require('node:net').Socket.prototype.setKeepAlive = function () {
  return this
}
