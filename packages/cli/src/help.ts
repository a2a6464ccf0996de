export const help = `
Examples:
  $ ghmesh secret                                  once; every machine gets the same
  $ ghmesh smoke --local-two-node                  see it work on this machine
  $ ghmesh get /repos/octocat/Hello-World/issues
  $ ghmesh proxy --gh                              gh, and whatever is told, goes through the mesh`

export const smokeHelp = `
Exactly one of --read, --write and --local-two-node. The secret comes from CACHE_P2P_SHARED_SECRET.
Members find each other through a folder (IPFS_ACCELERATE_P2P_CACHE_DIR) or known addresses (CACHE_BOOTSTRAP_PEERS).
A run starts with an empty cache, so what a reader shows came from a member. Exit code: 0 it worked, 1 not in time
or nothing to share, 2 wrong usage.

Example, in two terminals with the same CACHE_P2P_SHARED_SECRET and IPFS_ACCELERATE_P2P_CACHE_DIR:
  $ RUNNER_NAME=reader CACHE_LISTEN_PORT=9101 ghmesh smoke --read --wait-seconds 90
  $ RUNNER_NAME=writer CACHE_LISTEN_PORT=9100 ghmesh smoke --write --synthetic`

export const getHelp = `
A path is taken below GITHUB_API_URL (default https://api.github.com). The token is GH_TOKEN, GITHUB_TOKEN or what
"gh auth token" says. Cache modes are those of the Fetch standard. Unless the own cache has a fresh answer, it waits
up to a second for a first member, where there is a secret and a folder or address to find one by. The body goes to
standard output, where it came from to standard error. Exit code: 0 for 2xx, 1 otherwise, 2 wrong usage.

Example:
  $ ghmesh get '/repos/octocat/Hello-World/issues?per_page=100' > issues.json`

export const proxyHelp = `
Serves until it is stopped (Ctrl-C), then exits with 0. Every client brings its own token: none is lent, and what one
token may see is not given to another. Figures: /ghmesh/stats (JSON) and /ghmesh/metrics (Prometheus). Without a secret
it is a cache for this machine. Exit code: 1 when the socket or port is in use, 2 for wrong usage, 127 for --gh without gh.

Examples:
  $ ghmesh proxy --gh                                 every gh command, until Ctrl-C
  $ ghmesh proxy --socket ./s & curl --unix-socket ./s http://localhost/repos/octocat/Hello-World
  $ ghmesh proxy --port 4000 & GITHUB_API_URL=http://127.0.0.1:4000 node script.js`

export const ghHelp = `
Same output and exit code as gh; signals are passed on. It gets a copy of your gh configuration, which is removed
afterwards. Exit code 127: there is no gh.

Example:
  $ ghmesh gh -- issue list --repo octocat/Hello-World`
