const KiB = 1024
const MiB = 1024 * KiB
const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs

/** Every bound and waiting time of ghmesh, with its unit in its name. Override single ones with `limits`. */
export const defaultLimits = {
  /** How long a member's answers are fresh unless `ttlMs` says otherwise: GitHub's `max-age`, which members do not send. */
  freshMs: minuteMs,
  /** How long a 200 or 304 to a token of this member counts. */
  confirmationMs: hourMs,
  /**
   * Before members are told of an answer to a token, its repository is looked up, unless that was done within this time. For
   * as long, they can learn what is written in a repository after it was made private.
   */
  visibilityRecentMs: 30 * secondMs,
  /** What an answer showed of a repository counts for this long where it is not public, or where there is no group. */
  visibilityMs: 24 * hourMs,
  /** How long a 404 is remembered, for each token and on this machine only. */
  notFoundMs: 10 * secondMs,
  /** How long an alias `/repositories/{id}` or a redirect is believed after the last answer that showed it. */
  aliasMs: 10 * minuteMs,
  /** An `asOf` further ahead of GitHub's clock than this is dropped. */
  clockSkewMs: 5 * secondMs,
  /**
   * Where GitHub's own `Date` cannot be read, in browsers: members move this member's clock by no more than this. Ages are
   * then wrong by twice as much at most, which is GitHub's `max-age`.
   */
  maxHeardClockMs: 30 * secondMs,
  /** After a successful write, GitHub is asked again for what it changed after each of these. */
  recheckMs: [3 * secondMs, 15 * secondMs],
  /** A shared entry whose newest confirmation is older is taken from no member, and deleted when a member starts. */
  keepMs: 7 * 24 * hourMs,
  /** How long a named value lives if `set` does not say. */
  valueTtlMs: 24 * hourMs,

  /** After this, a second member is asked as well. */
  hedgeMs: 75,
  /** How long a request waits for members before it goes to GitHub; up to twice that where the thread is busy when it is over. */
  membersBudgetMs: 500,
  /** A home of a lease that has not answered within this is taken for slow: the other home is asked as well. */
  leaseHedgeMs: 200,
  /** Who calls GitHub for all has so long before one more of those that wait calls too. */
  leaseMs: secondMs,
  /** Nobody waits longer than this for other members' calls. */
  leaseWaitMs: 5 * secondMs,
  /** A lease ends after this, whatever its holders do: GitHub itself gives up after 10 s. */
  leaseTotalMs: 10 * secondMs,
  /** Leases that a member grants to one other at the same time. */
  leasesPerPeer: 64,
  /** Nobody waits for a key again for so long after its answer was for nobody else. */
  nothingToShareMs: 2 * minuteMs,
  /** A member that was silent on three leases in a row is granted none for so long: it calls GitHub without them. */
  silentHolderMs: 30 * secondMs,
  /**
   * How long a request to GitHub continues after its callers have gone. Clients usually retry within a second, and then get
   * its answer.
   */
  abandonedMs: secondMs,
  /** How long GitHub has for questions of the mesh itself, such as whether a repository is public. */
  backgroundMs: 30 * secondMs,
  /**
   * Writes of one token begin this far apart, as GitHub asks for
   * (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api); the first goes at once.
   */
  writeGapMs: secondMs,
  /** After a rate limit calls begin one by one; one that GitHub does not answer within this makes room for the next. */
  slowStartMs: 2 * secondMs,
  /** After a limit, members that hold the same token begin again so long after each other, and no later than `restartMs`. */
  restartStepMs: secondMs,
  restartMs: 30 * secondMs,
  /** An unproven connection is closed after this. */
  proofMs: 5 * secondMs,
  /** How long a proof is valid. */
  proofLifetimeMs: 24 * hourMs,
  /** Presence is sent this often, ± 20 %; in a large group less often, see `presencePerMemberMs`. */
  presenceMs: 30 * secondMs,
  /** Presence is not sent more often than this times the number of known members, so what each hears in a second does not grow. */
  presencePerMemberMs: secondMs,
  /** A member without presence is forgotten after this, and after five repetitions. */
  presenceForgottenMs: 150 * secondMs,
  /** A member that has come, or has learnt of others, asks a neighbour for the members it knows after this, then ever later. */
  membersAskedMs: secondMs,
  /** How often known addresses of missing members are dialled. */
  dialMs: 3 * secondMs,
  /** A connection that was made for a question is closed after this long without another. */
  visitIdleMs: 2 * minuteMs,
  /** One dial may take this long, its handshake included: two machines that are busy take seconds, and what is given up is begun again. */
  dialTimeoutMs: 15 * secondMs,
  /** A gossip message older than this is ignored. */
  messageAgeMs: 5 * minuteMs,
  /** Touches are collected for this long before they are sent. */
  touchBatchMs: 100,
  /** In a large group, for this times the number of known members, so what each hears in a second does not grow. */
  touchPerMemberMs: 200,
  /** A store that does not answer a call within this is left alone; IndexedDB has 30 s at most. */
  storeAnswerMs: 3 * secondMs,
  /** A store that has failed is tried again after this. */
  storeRestMs: 10 * minuteMs,
  /** Browser: a question that the leading tab does not acknowledge within this is given up. */
  tabAnswerMs: secondMs,
  /** Browser: so is one that it has acknowledged and does not answer within this. */
  tabDoneMs: 30 * secondMs,
  /** How long `stop` waits for transfers and announcements under way. */
  stopMs: 2 * secondMs,

  /** Largest body that is cached, and that is accepted from a member. */
  entryBytes: 16 * MiB,
  valueBytes: 64 * KiB,
  /** A public body that is compressed to this or less travels inside its announcement. */
  inlineBytes: 16 * KiB,
  /** And has no more than this uncompressed: anything that inflates further is a bomb. */
  inlineBodyBytes: 256 * KiB,
  gossipMessageBytes: 64 * KiB,
  frameBytes: 256 * KiB,
  memoryBytes: 64 * MiB,
  filesystemBytes: 512 * MiB,
  indexedDbBytes: 128 * MiB,
  /** Records in one store. */
  storeEntries: 100_000,
  /** Bodies under one key, seen by different viewers. */
  variants: 4,
  /** Viewers remembered for one body: of those that saw it, and of those that lost access. */
  viewersPerBody: 100,
  /** Keys in one touch. */
  touchKeys: 200,
  /**
   * Bodies and values that members sent unasked and that nobody here has used. Above this they displace each other and nothing
   * else. A quarter of what a page keeps.
   */
  unaskedBytes: 32 * MiB,
  unaskedEntries: 25_000,
  /** Bytes a second that are prefetched from one member in the long run; `unaskedBytes` at once. */
  unaskedBytesPerSecond: MiB,
  /** Newest keys that a member tells a newcomer. */
  listKeys: 1000,
  /** Newest purges that it tells: of fifty writes, each of which purges some twenty URLs. */
  listPurges: 1000,

  /** Up to so many other members, a group is small: all that one says is said to all at once. */
  fewMembers: 16,
  /** Bodies that the members of a large group announce to all in a second, together, and after a silence; others are asked for. */
  announcedPerSecond: 2,
  announcedBurst: 100,
  /** Gossip messages a second from one peer, and how many can come at once. */
  messagesPerSecond: 50,
  messagesBurst: 200,
  gossipBytesPerSecond: MiB,
  /** The same for one connection, which also brings other members' messages. */
  handedPerSecond: 500,
  handedBurst: 2000,
  handedBytesPerSecond: 8 * MiB,
  /** Transfers at once with one peer. */
  transfersPerPeer: 16,
  /** Tokens of which a member shares what they see with those that hold them too: those that were used last. */
  sharedTokens: 16,
  /** Members whose presence is remembered; the one that was silent longest and is not connected goes first. */
  presentMembers: 1000,
  /** Connected peers without a proof; the one that has waited longest makes room. */
  unprovenPeers: 64,
  /** Peers whose addresses are kept; those that were never reached go first. */
  knownPeers: 1000,
  /**
   * At this many connections there is no hurry to dial new members (configured ones excepted); inbound connections are not
   * limited by it. Up to one more, everybody is connected to everybody. With twice as many links as a few, a message is there
   * in as many steps, and costs each member twice as much.
   */
  wantedMembers: 8,
  /**
   * With time, and while dials are quick, one more member is dialled in each round until so many are connected, of those that
   * can be reached directly: a question for a member that has to be dialled first comes too late where many ask at once.
   */
  gatheredMembers: 48,
  /** Connected members; one that comes when there are more is told of others and let go. */
  maxMembers: 64,
  /** Members that are connected for questions only. */
  visitedMembers: 64,
  /** Members dialled for a question: a second in the long run, and in a burst. A dial costs either side what ten questions do. */
  visitsPerSecond: 1,
  visitsBurst: 8,
  /** Addresses dialled a second in the long run, in a burst, and at once. */
  dialsPerSecond: 20,
  dialsBurst: 100,
  dialsAtOnce: 8,
  /** Rejected messages after which a peer is disconnected and ignored. */
  rejectedMessages: 20,
  /** One of this many entries that are served on a member's word is audited in the background. */
  auditOneIn: 50,
  /** Mismatches within an hour after which a peer's entries are verified one by one. */
  auditMismatches: 3
}

/** All of {@link defaultLimits}. */
export type Limits = typeof defaultLimits
