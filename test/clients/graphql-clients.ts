import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { clients } from './world.ts'

/** What a client made of an answer of GraphQL, in the same words for all. */
interface Result {
  // biome-ignore lint/suspicious/noExplicitAny: each test looks at a field or two
  data: any
  /** GitHub's messages; empty where there are none. */
  errors: string[]
}

/** Sends a document, with variables. */
type Send = (document: string, variables?: object) => Promise<Result>

export interface GraphqlClient {
  query: Send
  mutate: Send
}

interface Place {
  /** The API's base URL. */
  url: string
  token: string
  fetch: typeof globalThis.fetch
}

const folder = join(clients, 'node')
// biome-ignore lint/suspicious/noExplicitAny: packages that are installed for these tests alone, without their types
const load = (name: string): any => createRequire(`${folder}/`)(name)

const messages = (errors: { message: string }[] | undefined) => (errors ?? []).map(({ message }) => message)
const authorization = (token: string) => ({ authorization: `token ${token}` })

/** Octokit's own rejects where there are errors. */
const byOctokit = (graphql: (document: string, variables?: object) => Promise<unknown>): GraphqlClient => {
  const send: Send = (document, variables) =>
    graphql(document, variables).then(
      (data) => ({ data, errors: [] }),
      ({ data, errors }) => ({ data, errors: messages(errors) })
    )
  return { query: send, mutate: send }
}

/** Clients of GraphQL, each with the `fetch` it is given, and without a cache of its own. */
export const graphqlClients: Record<string, (place: Place) => Promise<GraphqlClient>> = {
  async urql({ url, token, fetch }) {
    const { Client, fetchExchange } = load('@urql/core')
    const client = new Client({
      ...{ url: `${url}/graphql`, exchanges: [fetchExchange], fetch, preferGetMethod: false },
      fetchOptions: { headers: authorization(token) }
    })
    const send =
      (how: 'query' | 'mutation'): Send =>
      async (document, variables) => {
        const { data, error } = await client[how](document, variables).toPromise()
        return { data, errors: messages(error?.graphQLErrors) }
      }
    return { query: send('query'), mutate: send('mutation') }
  },
  async 'Apollo Client'({ url, token, fetch }) {
    const { ApolloClient, HttpLink, InMemoryCache, gql } = load('@apollo/client')
    const client = new ApolloClient({
      link: new HttpLink({ uri: `${url}/graphql`, fetch, headers: authorization(token) }),
      cache: new InMemoryCache(),
      defaultOptions: {
        query: { fetchPolicy: 'no-cache', errorPolicy: 'all' },
        mutate: { fetchPolicy: 'no-cache', errorPolicy: 'all' }
      }
    })
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const result = ({ data, error }: any): Result => ({ data, errors: messages(error?.errors) })
    return {
      query: async (document, variables) => result(await client.query({ query: gql(document), variables })),
      mutate: async (document, variables) => result(await client.mutate({ mutation: gql(document), variables }))
    }
  },
  async '@octokit/graphql'({ url, token, fetch }) {
    const { graphql } = load('@octokit/graphql')
    return byOctokit(graphql.defaults({ baseUrl: url, headers: authorization(token), request: { fetch } }))
  },
  async '@actions/github'({ url, token, fetch }) {
    // It can be imported only.
    const { getOctokit } = await import(pathToFileURL(join(folder, 'node_modules/@actions/github/lib/github.js')).href)
    return byOctokit(getOctokit(token, { baseUrl: url, request: { fetch } }).graphql)
  }
}
