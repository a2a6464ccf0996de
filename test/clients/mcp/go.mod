// What is built of github-mcp-server for test/clients.
module ghmesh.test/mcp

go 1.25.0

require github.com/github/github-mcp-server v1.0.0
