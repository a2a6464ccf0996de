// What pages get: `ghmesh.js`, minified with all that it needs, which a bundler takes as it is, or a `<script type="module">`.
// What only members of a group need is in files of its own beside it, loaded when a secret is given; `all.js` is all of it in
// one file, for service workers, which cannot load more code later.
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { minify } from 'terser'

const root = join(import.meta.dirname, '..')

/** Functions that throw. */
const unsupported = (names) =>
  names.map((name) => `export function ${name}() { throw new Error('${name} is left out') }`).join('\n')

/** A method of a class, as TypeScript writes it. */
const method = (name) => new RegExp(String.raw`^ {4}(?:static )?(?:async )?(?:\*|get )?${name}\([\s\S]*?^ {4}\}\n`, 'm')

// cspell:ignore sfixed Decendant longbits unuse (names in libraries)

/** Numbers of protobuf that always take four or eight bytes. */
const fixed = 'fixed32 sfixed32 fixed64 fixed64Number fixed64String sfixed64 sfixed64Number sfixed64String'

/** What libp2p writes to its log, which pages do not have. Never what stands alone behind a condition. */
const logged = {
  file: /node_modules\/(?:@libp2p|libp2p)\//,
  text: /(?<!\)\n|else\n)^ +(?:\w+\.)*log(?:\.(?:trace|error))?\(.*\);\n/gm
}

/**
 * What no page needs of a library: from a name on, a file ends with something else; or texts in it are replaced, each by what
 * follows it; or methods are cut that no other one calls, nor any file, where `calledBy` says how it would, or `notCalled` what
 * they would be called of. The build fails when a file has changed so much that this is not certain any more.
 */
const leftOut = [
  {
    // Pages have WebCrypto, and nothing that answers at once.
    file: /core\/src\/node-crypto\.ts$/,
    from: '',
    instead: 'export const nodeCrypto = undefined'
  },
  {
    // What is wrong is said in our own words; of valibot we only learn whether something is.
    file: /valibot\/dist\/index\.mjs$/,
    texts: [
      [
        /^function _addIssue\([\s\S]*?^}/m,
        `function _addIssue(context, dataset) {
          if (context.kind === 'schema') dataset.typed = false
          ;(dataset.issues ??= []).push({})
        }`
      ],
      [
        /^\t*(?:reference: [\w$]+|async: false|expects: .*|message: message\$1|type: "(?!optional|variant)\w+"),\n/gm,
        ''
      ],
      [/^\t+const pathItem = \{[^}]*\};\n/gm, ''],
      [/^(\t+)(?:for \(const issue of [\w$]+\.issues\)|if \(config\$1\.abortEarly\)) \{\n(?:\1\t.*\n)+\1\}\n/gm, ''],
      [/^(\t+)if \(invalidDiscriminatorKey !== .*\{\n(?:\1\t.*\n)+\1\}\n/gm, ''],
      [
        /^\t+if \(invalidDiscriminatorKey === .*\n|^\t+let (?:maxD|d|currentP)\w+Priority = 0;\n|^\t+currentPriority\+\+;\n/gm,
        ''
      ],
      [/^\t+if \(config\$1\.abortEarly\) break;\n/gm, ''],
      [/if \(item\.kind !== "metadata"\) (?=\{)/, ''],
      // Of several schemas one has to fit; which of them nearly did is no matter.
      [
        /^\t{3}let validDataset;\n\t{3}let typedDatasets;\n[\s\S]*?(?=^\t{3}return dataset;)/m,
        `\t\t\tfor (const schema of this.options) {
          const optionDataset = schema["~run"]({ value: dataset.value }, config$1);
          if (optionDataset.typed && !optionDataset.issues) return optionDataset;
        }
        _addIssue(this, dataset);
`
      ],
      [/^\t+kind: "validation",\n/gm, ''],
      [/if \(!dataset\.issues \|\| !config\$1\.abortEarly && !config\$1\.abortPipeEarly\) /g, ''],
      [/, \{ received: dataset\.value instanceof Date .*\}\);$/gm, ');'],
      [/_addIssue\(this, "[\w ]+", dataset, config\$1(?:, \{[\s\S]*?\})?\);/g, '_addIssue(this, dataset);'],
      // Nor is there a value in place of one that is missing, or of a wrong one.
      [
        /\((\w+)\.type === "exact_optional" \|\| \1\.type === "optional" \|\| \1\.type === "nullish"\) && \1\.default !== void 0/g,
        'false'
      ],
      [/ else if \(valueSchema\.fallback !== void 0\) .*;$/gm, ''],
      [
        /(\w+)\.type !== "exact_optional" && \1\.type !== "optional" && \1\.type !== "nullish"/g,
        '$1.type !== "optional"'
      ],
      [/\/\* @__PURE__ \*\/ _isSameValueZero\(dataset\.value, this\.literal\)/, 'dataset.value === this.literal'],
      [/^\t+default: default_,\n|^\t+if \(this\.default !== void 0\) .*\n/gm, ''],
      [
        /^\t{3}if \(dataset\.value === (null|void 0)\) \{\n(\t{4}if \(dataset\.value === \1\) \{\n(?:\t{5}.*\n)+\t{4}\}\n)\t{3}\}\n/gm,
        '$2'
      ],
      [/key in input \? input\[key\] : \/\* @__PURE__ \*\/ getDefault\(valueSchema\)/g, 'input[key]'],
      // Nothing is configured.
      [/, (?:config\$1|ABORT_EARLY_CONFIG|\/\* @__PURE__ \*\/ getGlobalConfig\(config\$1\))\)/g, ')'],
      [/^function _standardSchema\([\s\S]*?^}/m, 'function _standardSchema(schema) { return schema }']
    ]
  },
  {
    // Protobuf messages are decoded whole; nothing here reads one field by field.
    file: /@libp2p\/[\w-]+\/dist\/src\/(?:.*\/)?(?:pb\/\w+|keys\/keys|message\/rpc|proto\/payload|peer-record|envelope)\.js$/,
    texts: [
      [/^( +)(_codec = message\([\s\S]*?), function\* \(reader, [\s\S]*?^\1\}\);$/gm, '$1$2);'],
      [/^ +function stream\(buf, opts\) \{[^}]*\}\n +\w+\.stream = stream;\n/gm, '']
    ]
  },
  {
    // Members are never given a registry of metrics.
    file: /@libp2p\/gossipsub\/dist\/src\/metrics\.js$/,
    from: 'export function getMetrics(',
    instead: "export function getMetrics() { throw new Error('metrics are left out') }"
  },
  {
    // Nor is anything told to one. A member that prunes another names no peers to it (`doPX`), and a frame that names some is
    // refused (`maxPeerInfos` in `libp2p/gossip.ts`).
    file: /@libp2p\/gossipsub\/dist\/src\/gossipsub\.js$/,
    texts: [
      [/^ {12}\/\/ PX\n {12}if \(\(peers != null\)[\s\S]*?^ {12}\}\n/m, ''],
      [method('pxConnect'), ''],
      [/^ {8}if \(!doPX\) \{\n( {12}return \{[\s\S]*?^ {12}\};\n) {8}\}\n[\s\S]*?(?=^ {4}\}\n)/m, '$1'],
      [/^ {4}onScrapeMetrics\([\s\S]*?^ {4}\}\n/m, ''],
      [
        /^ {8}if \(options\.metricsRegister != null\) \{[\s\S]*?^ {8}else \{\n( {12}this\.metrics = null;\n) {8}\}\n/m,
        '$1'
      ],
      [/^ +this\.metrics\?\.[\w.]+\(.*\);\n/gm, '']
    ]
  },
  {
    file: /@libp2p\/webrtc\/dist\/src\/private-to-(?:private|public)\/transport\.js$/,
    texts: [[/^ {8}if \(components\.metrics != null\) \{[\s\S]*?^ {8}\}\n/m, '']]
  },
  {
    file: /@libp2p\/utils\/dist\/src\/queue\/index\.js$/,
    texts: [[/^ {8}if \(init\.metricName != null\) \{[\s\S]*?^ {8}\}\n/m, '']]
  },
  {
    file: /@libp2p\/(?:utils\/dist\/src\/abstract-(?:multiaddr-connection|stream-muxer)|noise\/dist\/src\/noise|webrtc\/dist\/src\/muxer)\.js$/,
    texts: [[/^ +this\.metrics\?\.[\w.]+\(.*\);\n/gm, '']]
  },
  {
    file: /@libp2p\/(?:utils|peer-collections)\/dist\/src\/tracked-map\.js$/,
    texts: [
      [/^class Tracked\w*Map [\s\S]*?^\}\n/m, ''],
      [/^( +)if \(metrics != null\) \{[\s\S]*?^\1else \{\n( +map = new \w*Map\(\);\n)\1\}\n/m, '$2']
    ]
  },
  {
    file: /@libp2p\/gossipsub\/dist\/src\/tracer\.js$/,
    texts: [
      [/^ +this\.metrics\?\.[\w.]+\(.*\);\n/gm, ''],
      [/^( +)if \(this\.metrics != null\) \{\n[\s\S]*?^\1\}\n/gm, '']
    ]
  },
  {
    file: /@libp2p\/gossipsub\/dist\/src\/score\/peer-score\.js$/,
    texts: [[/^ +this\.metrics\?\.[\w.]+\(.*\);\n/gm, '']]
  },
  {
    file: /libp2p\/dist\/src\/connection-manager\/index\.js$/,
    texts: [[/^ {8}this\.metrics\?\.registerMetricGroup\([\s\S]*?^ {8}\}\);\n/gm, '']]
  },
  {
    file: /libp2p\/dist\/src\/registrar\.js$/,
    texts: [[/^ {8}components\.metrics\?\.registerMetricGroup\([\s\S]*?^ {8}\}\);\n/m, '']]
  },
  {
    file: /libp2p\/dist\/src\/upgrader\.js$/,
    texts: [[/^( +)this\.metrics\.\w+\?\.increment\(\{\n[\s\S]*?^\1\}\);\n/gm, '']]
  },
  {
    file: /@libp2p\/noise\/dist\/src\/metrics\.js$/,
    from: 'export function registerMetrics(',
    instead: unsupported(['registerMetrics'])
  },
  {
    // `platform/browser/web-sockets.ts` connects instead.
    file: /@libp2p\/websockets\/dist\/src\/index\.js$/,
    texts: [[/^ {4}async _connect\([\s\S]*?^ {4}\}\n/m, '']]
  },
  {
    // Its own store, which is for those who name none.
    file: /idb-keyval\/dist\/index\.js$/,
    texts: [[/customStore = defaultGetStore\(\)/g, 'customStore']]
  },
  {
    // Methods that nothing here calls, those of TTLs among them, and what they count; behind `values` comes only `onEvict` besides.
    file: /tiny-lru\/dist\/tiny-lru\.js$/,
    notCalled: {
      of: /\bconst (\w+) = new LRU\b/g,
      names: 'expiresAt keys setWithEvicted values forEach getMany hasAll hasAny cleanup toJSON'
    },
    texts: [
      [/^\t+(?:this\.)?#stats(?:;| = \{[^}]*\};|\.\w+(?:\+\+| = 0);)\n/gm, ''],
      [/^\tconstructor\(max = 0, [\s\S]*?^\t\t(?=this\.first)/m, '\tconstructor(max) {\n'],
      [/^\t+this\.(?:ttl|resetTTL) = .*\n|^\t+expiry: .*\n/gm, ''],
      [/^\t#isExpired\([\s\S]*?^\t\}\n/m, ''],
      [/(!?)this\.#isExpired\(\w+\)/g, (_, not) => String(not === '!')],
      [/^(\t+)if \(this\.resetTTL\) \{[\s\S]*?^\1\}\n/gm, ''],
      [/^\t{3}if \(item !== undefined\) \{\n.*\n\t{3}\}\n/m, ''],
      // What is taken out needs no care: nothing leads to it any more.
      [/^\t\tfor \(let x = this\.first; x !== null; \) \{\n[\s\S]*?^\t\t\}\n/m, ''],
      [/^\t\tif \(--this\.size === 0\) \{\n[\s\S]*?\} else \{\n\t(.*\n)\t\t\}\n/m, '\t\tthis.size--;\n$1'],
      [/^\t\titem\.prev = null;\n\t\titem\.next = null;\n/gm, ''],
      [/^\t\tif \(!Array\.isArray\(keys\)\) [\s\S]*?^\t\}\n/m, '\t}\n'],
      [/^\t(?:expiresAt|keys)\([\s\S]*?^\t\}\n/gm, ''],
      [/^\tsetWithEvicted\([\s\S]*?^\t\}\n/m, ''],
      [/^\tvalues\([\s\S]*/m, '\tonEvict(told) { this.#onEvict = told; return this }\n}\nexport { LRU }\n']
    ]
  },
  {
    // Gossipsub only puts something at the end of it and takes it from the front.
    file: /denque\/index\.js$/,
    methods: 'peekAt get peekBack unshift pop removeOne remove splice isEmpty toArray',
    isMethod: (name) => new RegExp(String.raw`^Denque\.prototype\.${name} = [\s\S]*?^\};\n`, 'm')
  },
  {
    // No message of libp2p's has numbers of these kinds.
    file: /protons-runtime\/dist\/src\/utils\/reader\.js$/,
    methods: `sint32 float double readFixed64 int64 int64Number int64String uint64String sint64 sint64Number sint64String ${fixed}`,
    isMethod: method,
    calledBy: /\breader\.(\w+)/g
  },
  {
    file: /protons-runtime\/dist\/src\/utils\/writer\.js$/,
    methods: `sint32 float double int64 int64Number int64String uint64String sint64 sint64Number sint64String ${fixed}`,
    isMethod: method,
    calledBy: /\bw\.(\w+)/g
  },
  {
    // Keys are never put into the order of RFC 8949; without this mark a bundler keeps what would do so.
    file: /cborg\/lib\/encode\.js$/,
    texts: [[/(?<=^export const rfc8949EncodeOptions = )Object\.freeze\(/m, '/*#__PURE__*/ $&']]
  },
  {
    // No record has tags of CBOR; without this, a bundler can leave out the class for them.
    file: /cborg\/lib\/tagged\.js$/,
    texts: [[/^Object\.defineProperty\(Tagged\.prototype, [\s\S]*/m, '']]
  },
  {
    // It answers pings; who is there is asked by libp2p's monitor of connections, in its own way.
    file: /@libp2p\/ping\/dist\/src\/ping\.js$/,
    methods: 'ping',
    isMethod: method,
    calledBy: /^(?! \*).*(?<!\bthis)\.(ping)\(/gm
  },
  {
    // Names of peers in a store; nobody asks what stands above or below one, nor for one at random.
    file: /interface-datastore\/dist\/src\/key\.js$/,
    methods:
      'less reverse namespaces baseNamespace list type name instance path parent child isAncestorOf isDecendantOf isTopLevel concat random',
    isMethod: method,
    calledBy: /^(?! +\*).*\bKey\.(random)\(/gm
  },
  {
    // Kinds of addresses that nothing asks for: without this mark a bundler cannot know that making one changes nothing.
    file: /@multiformats\/multiaddr-matcher\/dist\/src\/index\.js$/,
    texts: [[/\b(?:and|or|optional|fmt|code|value|not)\(/g, '/*#__PURE__*/ $&']]
  },
  {
    // The one number that is read out of such a list is the length of a message of Noise, `getUint16`.
    file: /uint8arraylist\/dist\/src\/index\.js$/,
    methods:
      'getInt8 setInt8 getInt16 setInt16 getInt32 setInt32 getBigInt64 setBigInt64 getUint8 setUint8 setUint16 getUint32 setUint32 ' +
      'getBigUint64 setBigUint64 getFloat32 setFloat32 getFloat64 setFloat64',
    isMethod: method
  },
  {
    // Identities are Ed25519 keys (PROTOCOL.md, section 3); this is the third of the elliptic curves that libp2p brings.
    file: /@noble\/curves\/secp256k1\.js$/,
    from: '',
    instead: 'export const secp256k1 = {}'
  },
  {
    // Where the browser has no Ed25519, libp2p takes the library that sealing takes there, which is loaded only then. Keys are
    // made by `private-key.ts`.
    file: /@libp2p\/crypto\/dist\/src\/keys\/ed25519\/index\.browser\.js$/,
    texts: [
      [
        /^import \{ ed25519 as ed \} from '@noble\/curves\/ed25519\.js';$/m,
        `const load = () => import('@noble/ed25519')
        const ed = {
          sign: async (...args) => (await load()).signAsync(...args),
          verify: async (...args) => (await load()).verifyAsync(...args)
        }`
      ],
      [
        /^export function generateKey\([\s\S]*?^export function generateKeyFromSeed\([\s\S]*?^}$/m,
        unsupported(['generateKey', 'generateKeyFromSeed'])
      ],
      [/^function concatKeys\([\s\S]*?^}$/m, '']
    ]
  },
  {
    // It makes a key of Noise in 0.3 ms instead of 0.9, by tables of Ed25519, which a page has no other use for.
    file: /@noble\/curves\/ed25519\.js$/,
    texts: [[/^ {8}\/\/ ~3x faster fixed-base:[\s\S]*?^ {8}\},\n/m, '']]
  },
  {
    // Of the keys of secp256k1, which are of no use without it.
    file: /@libp2p\/crypto\/dist\/src\/keys\/secp256k1\/utils\.js$/,
    from: '',
    instead: unsupported(['generateSecp256k1KeyPair', 'unmarshalSecp256k1PrivateKey', 'unmarshalSecp256k1PublicKey'])
  },
  {
    // The member's own key is always given to it (`libp2p/node.ts`).
    file: /libp2p\/dist\/src\/index\.js$/,
    texts: [[/^ +options\.privateKey \?\?= await generateKeyPair\('Ed25519'\);\n/m, '']]
  },
  {
    // Nor are they RSA keys.
    file: /@libp2p\/crypto\/dist\/src\/keys\/rsa\/utils\.js$/,
    from: '',
    instead: unsupported([
      'pkcs1ToRSAPrivateKey',
      'pkixToRSAPublicKey',
      'generateRSAKeyPair',
      'pkcs1MessageToRSAPrivateKey',
      'pkixMessageToRSAPublicKey',
      'jwkToRSAPrivateKey'
    ])
  },
  {
    file: /@libp2p\/crypto\/dist\/src\/keys\/rsa\/der\.js$/,
    from: '',
    instead: unsupported(['decodeDer'])
  },
  {
    // Nor keys of the curves of NIST.
    file: /@libp2p\/crypto\/dist\/src\/keys\/ecdsa\/utils\.js$/,
    from: '',
    instead: unsupported([
      'generateECDSAKeyPair',
      'pkiMessageToECDSAPrivateKey',
      'pkiMessageToECDSAPublicKey',
      'unmarshalECDSAPrivateKey',
      'unmarshalECDSAPublicKey'
    ])
  },
  {
    file: /@libp2p\/crypto\/dist\/src\/keys\/ecdsa\/ecdsa\.js$/,
    from: '',
    instead: unsupported(['ECDSAPrivateKey'])
  },
  {
    // Whether the parameters of scores make sense: they are the same as in Node, where that is looked at.
    file: /@libp2p\/gossipsub\/dist\/src\/score\/peer-score-params\.js$/,
    texts: [
      [
        /^\/\/ peer score parameter validation$[\s\S]*/m,
        'export function validatePeerScoreParams() {}\nexport function validateTopicScoreParams() {}\n'
      ]
    ]
  },
  {
    // For metrics alone.
    file: /@libp2p\/gossipsub\/dist\/src\/score\/scoreMetrics\.js$/,
    from: '',
    instead: unsupported(['computeAllPeersScoreWeights'])
  },
  {
    // Members are told which relays there are.
    file: /@libp2p\/circuit-relay-v2\/dist\/src\/transport\/discovery\.js$/,
    from: '',
    instead: 'export class RelayDiscovery extends EventTarget { startDiscovery() {} stopDiscovery() {} }'
  },
  {
    // A page would ask a third party for these, DNS over HTTPS at a company's server, and members could say which.
    file: /libp2p\/dist\/src\/connection-manager\/resolvers\/dnsaddr\.js$/,
    from: '',
    instead: 'export const dnsaddrResolver = { canResolve: () => false }'
  },
  {
    // Names for the certificates of servers; a page is not a server.
    file: /libp2p\/dist\/src\/address-manager\/dns-mappings\.js$/,
    from: '',
    instead: 'export class DNSMappings { has() { return false } getAll() { return [] } }'
  },
  {
    // Who is lost, the mesh itself dials again: members and relays alike, for ever (`peers/dialler.ts`).
    file: /libp2p\/dist\/src\/connection-manager\/reconnect-queue\.js$/,
    from: '',
    instead: 'export class ReconnectQueue { start() {} stop() {} }'
  },
  {
    // Nor does a router map a page's ports.
    file: /libp2p\/dist\/src\/address-manager\/ip-mappings\.js$/,
    from: '',
    instead: 'export class IPMappings { has() { return false } getAll() { return [] } }'
  },
  {
    // Nor is there a listener whose address such a mapping could be for.
    file: /libp2p\/dist\/src\/address-manager\/index\.js$/,
    texts: [
      [method('maybeUpgradeToIPMapping'), ''],
      [
        /^ {12}\/\/ try to match up [^\n]*\n {12}if \(this\.maybeUpgradeToIPMapping\([\s\S]*?^ {12}else \{\n([\s\S]*?)^ {12}\}\n/m,
        '$1'
      ]
    ]
  },
  {
    // Networks that are always or never let in: there are no such lists.
    file: /libp2p\/dist\/src\/connection-manager\/utils\.js$/,
    texts: [
      [/^export function multiaddrToIpNet\([\s\S]*?^\}\n/m, `${unsupported(['multiaddrToIpNet'])}\n`],
      [/^import \{ IpNet \} .*\n/m, '']
    ]
  },
  {
    // Which addresses are private: the ranges of IPv6 are not among these (it has patterns for them).
    file: /@libp2p\/utils\/dist\/src\/private-ip\.js$/,
    texts: [[/^const PRIVATE_IP_RANGES = \[\n(?: {4}'[\d.]+\/\d+',?\n)+\];$/m, '$&']]
  },
  {
    file: /netmask\/dist\/netmask6\.js$/,
    from: '',
    instead: "exports.Netmask6Impl = class { constructor() { throw new Error('ranges of IPv6 are left out') } }"
  },
  {
    // A lock across workers and pages: libp2p's store of peers, which is in memory, asks for none.
    file: /@libp2p\/peer-store\/dist\/src\/store\.js$/,
    texts: [[/\bmortice\(\{\n +name: peerId\.toString\(\),\n +singleProcess: true\n +\}\)/, '$&']]
  },
  {
    file: /mortice\/dist\/src\/browser\.js$/,
    from: '',
    instead: 'export default () => ({})'
  },
  {
    file: /mortice\/dist\/src\/mortice\.js$/,
    texts: [[/^ {8}if \(!isMortice\(implementation\)\) \{\n[\s\S]*?^ {8}\}\n/m, '']]
  },
  {
    // Nobody goes through the results of a queue's jobs, neither here nor in libp2p's queues (`uncalled`).
    file: /it-queue\/dist\/src\/index\.js$/,
    texts: [
      [/^ {4}\[Symbol\.asyncIterator\]\(\) \{\n +return this\.toGenerator\(\);\n {4}\}\n/m, ''],
      [method('toGenerator'), '']
    ]
  },
  {
    // Peers in a store are never looked up in an order, nor only the first of them.
    file: /datastore-core\/dist\/src\/base\.js$/,
    texts: [
      [
        /^ {8}if \(Array\.isArray\(q\.orders\)\) \{\n[\s\S]*?^ {8}\}\n(?= {8}return it;\n)/gm,
        "        if (q.orders?.length || q.offset != null || q.limit != null) throw new Error('orders are left out')\n"
      ]
    ]
  },
  {
    // A duplex is only ever at an end of a pipe.
    file: /it-pipe\/dist\/src\/index\.js$/,
    texts: [
      [
        /^ {4}if \(fns\.length > 2\) \{\n[\s\S]*?^ {4}\}\n/m,
        "    if (fns.length > 2) throw new Error('long pipes are left out')\n"
      ]
    ]
  },
  {
    // Events are waited for until a signal says otherwise.
    file: /p-event\/index\.js$/,
    texts: [
      [
        /^\tif \(typeof options\.timeout === 'number'\) \{\n[\s\S]*?^\t\}\n/m,
        "\tif (options.timeout !== undefined) throw new Error('timeouts are left out');\n"
      ]
    ]
  },
  {
    // Only addresses of WebSockets are made URLs.
    file: /@multiformats\/multiaddr-to-uri\/dist\/src\/index\.js$/,
    texts: [
      [/^ {4}(?:udp|ipfs|http|'http-path'|https): \(head, rest\) => \{\n[\s\S]*?^ {4}\},\n/gm, ''],
      [/^ {4}if \(opts\?\.assumeHttp !== false && [\s\S]*?^ {4}\}\n/m, '']
    ]
  },
  {
    // A page dials by WebRTC-direct and cannot be dialled so.
    file: /@libp2p\/webrtc\/dist\/src\/private-to-public\/utils\/connect\.js$/,
    texts: [
      [
        /^ {8}else \{\n {12}\/\/ the server has to [\s\S]*?^ {8}\}\n/m,
        "        else throw new Error('being dialled is left out')\n"
      ],
      [/^ {8}if \(isServer\(options, peerConnection\)\) \{\n[\s\S]*?^ {8}\}\n/m, '']
    ]
  },
  {
    // Nothing is looked for in a DHT.
    file: /libp2p\/dist\/src\/content-routing\.js$/,
    from: '',
    instead: 'export class CompoundContentRouting {}'
  },
  {
    // Nor are peers; what is said where no address of one is known is the same as with no DHT.
    file: /libp2p\/dist\/src\/peer-routing\.js$/,
    from: '',
    instead: `import { NoPeerRoutersError } from './errors.js'
      export class DefaultPeerRouting {
        async findPeer() { throw new NoPeerRoutersError('No peer routers available') }
      }`
  },
  {
    // A filter of some relays and addresses that were seen; a set does the same, and is never wrong.
    file: /@libp2p\/utils\/dist\/src\/filters\/index\.js$/,
    from: '',
    instead: `export function createScalableCuckooFilter() {
        const seen = new Set()
        return {
          has: (item) => seen.has(String(item)),
          remove: (item) => seen.delete(String(item)),
          add(item) {
            if (seen.size > 9999) seen.clear()
            return !!seen.add(String(item))
          }
        }
      }
      ${unsupported(['createBloomFilter', 'createCuckooFilter', 'BloomFilter', 'CuckooFilter', 'ScalableCuckooFilter'])}`
  },
  {
    // Of the spellings that a certificate's hash in an address can have, one is an alphabet of 256 pictures.
    file: /multiformats\/dist\/src\/bases\/base256emoji\.js$/,
    from: '',
    instead: 'export const base256emoji = { decoder: { decoders: {} } }'
  },
  {
    // Nothing else looks for peers at random.
    file: /libp2p\/dist\/src\/random-walk\.js$/,
    from: '',
    instead: 'export class RandomWalk {}'
  },
  {
    // libp2p's own log for its developers, which is off unless a page's storage says otherwise.
    file: /@libp2p\/logger\/dist\/src\/index\.js$/,
    from: '',
    instead: `const log = () => {}
      Object.assign(log, { enabled: false, error: log, trace: log, newScope: () => log })
      export const defaultLogger = () => ({ forComponent: () => log })`
  }
]

/** Functions of a library that only members use, which stand in the file for members. */
const forMembers = {
  file: /valibot\/dist\/index\.mjs$/,
  names: ['maxEntries', 'nullable', 'safeInteger', 'tuple', 'variant'],
  helpers: '_addIssue, _standardSchema'
}
const isForMembers = (id) => id.endsWith('?members')

/** That library's file without them, and one that has them. */
function apart(code, id) {
  let rest = code
  let moved = `import { ${forMembers.helpers} } from ${JSON.stringify(id)}\n`
  for (const name of forMembers.names) {
    const [whole] = new RegExp(String.raw`^function ${name}\([\s\S]*?^\}\n`, 'm').exec(rest) ?? []
    if (!whole) throw new Error(`${id} has changed: no ${name}`)
    moved += `export ${whole}`
    rest = rest.replace(whole, '').replace(new RegExp(String.raw`(?<=^export \{.*) ${name},`, 'm'), '')
  }
  return { rest: `${rest}\nexport { ${forMembers.names} } from ${JSON.stringify(`${id}?members`)}\n`, moved }
}

/** Methods of libraries that nothing calls. The build fails when one of these names stands anywhere in what pages load. */
const uncalled = [
  [/@libp2p\/circuit-relay-v2\/dist\/src\/transport\/reservation-store\.js$/, 'reservationCount'],
  [
    /@libp2p\/gossipsub\/dist\/src\/gossipsub\.js$/,
    'reportMessageValidationResult unsubscribe getSubscribers getMeshPeers getTopics getScore dumpPeerScoreStats'
  ],
  [/@libp2p\/gossipsub\/dist\/src\/score\/peer-score\.js$/, 'removeIP messageFirstSeenTimestampMs dumpPeerScoreStats'],
  [/@libp2p\/gossipsub\/dist\/src\/tracer\.js$/, 'requestMsByMsgSize'],
  [/@libp2p\/gossipsub\/dist\/src\/score\/message-deliveries\.js$/, 'getRecord'],
  [/@libp2p\/peer-collections\/dist\/src\/set\.js$/, 'union intersection difference'],
  [/@libp2p\/peer-store\/dist\/src\/index\.js$/, 'getInfo consumePeerRecord'],
  [/@libp2p\/utils\/dist\/src\/abstract-message-stream\.js$/, 'onDrain isReadable readableEnded writeBufferLength'],
  [/@libp2p\/utils\/dist\/src\/queue\/index\.js$/, 'onSizeLessThan toGenerator'],
  [/@libp2p\/utils\/dist\/src\/rate-limiter\.js$/, 'penalty reward parseKey'],
  [/@multiformats\/multiaddr\/dist\/src\/registry\.js$/, 'removeProtocol'],
  [/datastore-core\/dist\/src\/base\.js$/, 'queryKeys batch getMany putMany deleteMany _allKeys'],
  [/datastore-core\/dist\/src\/memory\.js$/, '_allKeys'],
  [/interface-datastore\/dist\/src\/key\.js$/, 'asKey withNamespaces uint8Array'],
  [/it-queue\/dist\/src\/index\.js$/, 'onSizeLessThan'],
  [/libp2p\/dist\/src\/libp2p\.js$/, 'dialProtocol isDialable getDialQueue unuse'],
  [
    /libp2p\/dist\/src\/address-manager\/index\.js$/,
    'addPublicAddressMapping removePublicAddressMapping removeDNSMapping addDNSMapping getObservedAddrs'
  ],
  [/libp2p\/dist\/src\/address-manager\/observed-addresses\.js$/, 'removePrefixed'],
  [
    /libp2p\/dist\/src\/connection-manager\/index\.js$/,
    'setMaxConnections getConnectionsMap isDialable getDialQueue openStream'
  ],
  [/libp2p\/dist\/src\/connection-manager\/dial-queue\.js$/, 'isDialable'],
  [/libp2p\/dist\/src\/registrar\.js$/, 'unuse'],
  [/libp2p\/dist\/src\/transport-manager\.js$/, 'listenTransportForMultiaddr removeAll getTransports'],
  [/libp2p\/dist\/src\/upgrader\.js$/, 'getConnectionEncrypters'],
  [/multiformats\/dist\/src\/cid\.js$/, 'toV0 toV1'],
  [/protons-runtime\/dist\/src\/utils\/longbits\.js$/, 'toNumber'],
  [/uint8arraylist\/dist\/src\/index\.js$/, 'fromUint8Arrays']
]

function withoutMethods(code, { methods, isMethod }, id) {
  const names = methods.split(' ')
  const left = names.reduce((rest, name) => {
    if (!isMethod(name).test(rest)) throw new Error(`${id} has changed: no ${name}`)
    return rest.replace(isMethod(name), '')
  }, code)
  const called = names.find((name) => new RegExp(String.raw`\bthis\.${name}\b`).test(left))
  if (called) throw new Error(`${id} needs ${called}, which is left out`)
  return left
}

const entry = join(root, 'entry-of-pages.js')

/** Where each file begins: what every page loads; what takes GitHub's answers; what members need; what connects them. */
const beginnings = {
  local: /core\/src\/index\.ts$/,
  answers: /core\/src\/flow\/(?:admission|doubts)\.ts$/,
  members: /core\/src\/(?:join|transport\/memory-node|discovery\/(?:issue-registry|fixed-members))\.ts$/,
  libp2p: /core\/src\/(?:platform\/browser\/libp2p|libp2p\/(?:peer-id-of|private-key))\.ts$/
}

/**
 * Those files, each with its name, its code, the modules in it, and the files that it loads at once; the first is the entry.
 * With `own`, only what is ours, everything else left out; with `single`, one file.
 */
export async function bundleForPages({ own = false, single = false } = {}) {
  /** What each file contains, the first that has a module counts: all that its beginnings import at once. */
  const parts = Object.fromEntries(Object.keys(beginnings).map((name) => [name, new Set()]))
  let movedCode = ''
  const bundle = await rolldown({
    cwd: root,
    input: { [single ? 'all' : 'ghmesh']: entry },
    platform: 'browser',
    preserveEntrySignatures: 'allow-extension',
    external: own ? (name) => !/^(?:[./]|#platform$)/.test(name) : [],
    // The sources, for `dist` is being written at the same time.
    resolve: { alias: { '#platform': join(root, 'packages/core/src/platform/browser/browser.ts') } },
    plugins: [
      {
        name: 'what-is-loaded-at-once',
        buildEnd() {
          for (const [name, begins] of Object.entries(beginnings)) {
            for (const id of this.getModuleIds()) if (begins.test(id)) parts[name].add(id)
            if (parts[name].size === 0) throw new Error(`nothing begins the file ${name}`)
            for (const id of parts[name])
              for (const next of this.getModuleInfo(id)?.importedIds ?? []) parts[name].add(next)
          }
          for (const id of parts.local) if (isForMembers(id)) parts.local.delete(id)
        }
      },
      {
        // Only exports what stands in the other files: they import nothing from it, so it needs no exports for them.
        name: 'entry',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? "export * from './packages/core/src/index.ts'" : undefined)
      },
      {
        name: 'for-members',
        resolveId: (id) => (isForMembers(id) ? { id, moduleSideEffects: false } : undefined),
        load: (id) => (isForMembers(id) ? { code: movedCode, moduleSideEffects: false } : undefined)
      },
      {
        name: 'left-out',
        transform(source, id) {
          const quiet = logged.file.test(id) ? source.replace(logged.text, '') : source
          const [, methods] = uncalled.find(([file]) => file.test(id)) ?? []
          const code = methods ? withoutMethods(quiet, { methods, isMethod: method }, id) : quiet
          const rule = leftOut.find(({ file }) => file.test(id))
          if (!rule) return code === source ? undefined : code
          if (rule.methods) return withoutMethods(code, rule, id)
          if (rule.texts) {
            const shorter = rule.texts.reduce((left, [text, instead]) => {
              if (left.search(text) < 0) throw new Error(`${id} has changed`)
              return left.replace(text, instead)
            }, code)
            if (!forMembers.file.test(id)) return shorter
            const { rest, moved } = apart(shorter, id)
            movedCode = moved
            return rest
          }
          const at = code.indexOf(rule.from)
          if (at < 0 || (rule.from !== '' && code.indexOf('\nexport ', at + 1) >= 0))
            throw new Error(`${id} has changed`)
          return `${code.slice(0, at)}${rule.instead}\n`
        },
        buildEnd(error) {
          const all = [...this.getModuleIds()]
          for (const { file, methods = '', calledBy, notCalled } of own || error ? [] : leftOut) {
            if (!all.some((id) => file.test(id))) throw new Error(`nothing is ${file} any more`)
            for (const id of notCalled ? all : []) {
              const code = this.getModuleInfo(id)?.code ?? ''
              const names = notCalled.names.replaceAll(' ', '|')
              for (const [, made] of code.matchAll(notCalled.of)) {
                const [call] = new RegExp(String.raw`\b${made}\.(?:${names})\(`).exec(code) ?? []
                if (call) throw new Error(`${id} needs ${call}), which is left out`)
              }
            }
            for (const id of calledBy ? all : [])
              for (const [, name] of this.getModuleInfo(id)?.code?.matchAll(calledBy) ?? [])
                if (methods.split(' ').includes(name)) throw new Error(`${id} needs ${name}, which is left out`)
          }
        }
      },
      {
        name: 'terser',
        // It finds what rolldown leaves, and the other way round. Before names of files are made of their hashes.
        renderChunk: async (code) =>
          (
            await minify(code, {
              module: true,
              mangle: false,
              ecma: 2020,
              compress: { passes: 4, pure_getters: true }
            })
          ).code
      }
    ],
    transform: { target: 'es2023', define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' } }
  })
  const { output } = await bundle.generate({
    format: 'esm',
    minify: true,
    // What is loaded at the same time stands in one file: many small ones would be larger together, and come later.
    codeSplitting: !single && {
      // Otherwise the first of these files takes along what only the others use.
      includeDependenciesRecursively: false,
      groups: Object.entries(parts).map(([name, modules], i) => ({
        name,
        test: (id) => modules.has(id),
        priority: Object.keys(parts).length - i
      }))
    },
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // Marks for bundlers, at each `new Map`: what no page needs is left out already.
    comments: { legal: false, annotation: false }
  })
  const files = output.map(({ fileName, code, modules, imports, isEntry }) => ({
    fileName,
    code,
    modules,
    imports,
    isEntry
  }))
  // The first is left out with the DHT.
  for (const name of own ? [] : ['getClosestPeers', ...uncalled.flatMap(([, methods]) => methods.split(' '))])
    if (files.some(({ code }) => new RegExp(String.raw`\b${name}\b`).test(code)))
      throw new Error(`something needs ${name}, which is left out`)
  return files.sort((a, b) => Number(b.isEntry) - Number(a.isEntry))
}

/** The files that are loaded at once with a file, itself included. */
export function loadedWith(files, entry = files[0]) {
  const names = new Set([entry.fileName])
  for (const name of names)
    for (const next of files.find(({ fileName }) => fileName === name)?.imports ?? []) names.add(next)
  return files.filter(({ fileName }) => names.has(fileName))
}
