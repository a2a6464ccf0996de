# Does with octokit.rb what its users do, and prints what it saw.
require "json"
require "octokit"

told = JSON.parse($stdin.read)
repo = "octocat/Hello-World"
client = lambda do |token, **more|
  Octokit::Client.new(api_endpoint: told["base"], access_token: token, per_page: 7, **more)
end
kit = client.call(told["token"])
every = client.call(told["token"], auto_paginate: true)
plain = lambda do |value|
  case value
  when Sawyer::Resource then plain.call(value.to_attrs)
  when Array then value.map(&plain)
  when Hash then value.reject { |name, _| name == :rels }.transform_values(&plain)
  else value.to_s
  end
end

reads = {
  "repository" => -> { kit.repository(repo) },
  "issues" => -> { every.issues(repo, state: "all") },
  "first issues" => -> { kit.issues(repo) },
  "next issues by their link" => lambda {
    kit.issues(repo)
    kit.last_response.rels[:next].get.data
  },
  "issue" => -> { kit.issue(repo, 1) },
  "comments" => -> { every.issues_comments(repo) },
  "pulls" => -> { every.pull_requests(repo, state: "all") },
  "commits" => -> { every.commits(repo) },
  "commit" => -> { kit.commit(repo, "main") },
  "branches" => -> { every.branches(repo) },
  "tags" => -> { every.tags(repo) },
  "folder" => -> { kit.contents(repo) },
  "file" => -> { kit.contents(repo, path: "README.md") },
  "raw" => -> { kit.contents(repo, path: "README.md", accept: "application/vnd.github.v3.raw") },
  "readme" => -> { kit.readme(repo) },
  "tree" => -> { kit.tree(repo, "main") },
  "releases" => -> { every.releases(repo) },
  "latest release" => -> { kit.latest_release(repo) },
  "archive link" => -> { kit.archive_link(repo, ref: "main") },
  "topics" => -> { kit.topics(repo) },
  "languages" => -> { kit.languages(repo) },
  "labels" => -> { every.labels(repo) },
  "user" => -> { kit.user },
  "other user" => -> { kit.user("octocat") },
  "search" => -> { kit.search_issues("repo:#{repo} is:issue") },
  "by a URL of a body" => -> { kit.get(kit.repository(repo).labels_url.sub("{/name}", "")) },
  "401" => -> { client.call("sim-token-nobody").user },
  "403" => -> { client.call("sim-token-limited").repository(repo) },
  "404" => -> { kit.repository("octocat/none") }
}

writes = {
  "made" => -> { kit.create_issue(repo, "New", "text") },
  "changed" => -> { kit.update_issue(repo, 1, title: "Other") },
  "seen changed" => -> { kit.issue(repo, 1).title },
  "commented" => -> { kit.add_comment(repo, 1, "Hello") },
  "its comments" => -> { every.issue_comments(repo, 1) },
  "labelled" => -> { kit.replace_all_labels(repo, 1, ["bug"]) },
  "closed" => -> { kit.close_issue(repo, 1) }
}

seen = {}
(told["readsOnly"] ? reads : reads.merge(writes)).each do |name, work|
  ["", ", again"].each do |time|
    seen[name + time] =
      begin
        plain.call(work.call)
      rescue StandardError => e
        # The message names the URL, which is another one with a proxy.
        [e.class.name, e.respond_to?(:response_status) ? e.response_status : e.message]
      end
  end
end
puts JSON.generate(seen)
