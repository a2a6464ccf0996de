"""Does with PyGithub what its users do, and prints what it saw."""

import json
import sys

from github import Auth, Github, GithubException

told = json.load(sys.stdin)
hub = Github(
    base_url=told["base"], auth=Auth.Token(told["token"]), retry=None, seconds_between_requests=None, seconds_between_writes=None
)


def name(title):
    return [title, hub.get_repo("octocat/Hello-World").full_name]


def refused(work):
    try:
        return work()
    except GithubException as error:
        return [error.status, error.data]


repo = hub.get_repo("octocat/Hello-World")
reads = [
    ("repository", lambda: [repo.full_name, repo.default_branch, repo.url, repo.labels_url]),
    ("lazy repository", lambda: hub.get_repo("octocat/Hello-World", lazy=True).description),
    ("issues", lambda: [[issue.number, issue.title, issue.user.login] for issue in repo.get_issues(state="all")]),
    ("issues counted", lambda: repo.get_issues(state="open").totalCount),
    ("issue", lambda: [repo.get_issue(1).title, repo.get_issue(1).user.name]),
    ("issue's comments", lambda: [comment.body for comment in repo.get_issue(1).get_comments()]),
    ("issue's labels", lambda: [label.name for label in repo.get_issue(1).get_labels()]),
    ("pull requests", lambda: [[pull.number, pull.title] for pull in repo.get_pulls(state="all")]),
    ("pull request's files", lambda: [file.filename for file in repo.get_pulls(state="all")[0].get_files()]),
    ("commits", lambda: [commit.sha for commit in repo.get_commits()]),
    ("commit", lambda: [repo.get_commit("main").commit.message, repo.get_commit("main").stats.total]),
    ("branches", lambda: [branch.name for branch in repo.get_branches()]),
    ("branch", lambda: repo.get_branch("main").commit.sha),
    ("tags", lambda: [tag.name for tag in repo.get_tags()]),
    ("contents", lambda: [content.path for content in repo.get_contents("")]),
    ("file", lambda: repo.get_contents("README.md").decoded_content.decode()),
    ("file through its folder", lambda: [content.decoded_content.decode() for content in repo.get_contents("")[:1] if content.type == "file"]),
    ("readme", lambda: repo.get_readme().decoded_content.decode()),
    ("tree", lambda: [entry.path for entry in repo.get_git_tree("main").tree]),
    ("releases", lambda: [release.tag_name for release in repo.get_releases()]),
    ("latest release", lambda: repo.get_latest_release().tag_name),
    ("archive link", lambda: repo.get_archive_link("tarball")),
    ("workflow runs", lambda: [run.conclusion for run in repo.get_workflow_runs()]),
    ("topics", lambda: repo.get_topics()),
    ("languages", lambda: repo.get_languages()),
    ("contributors", lambda: [user.login for user in repo.get_contributors()]),
    ("milestones", lambda: [milestone.title for milestone in repo.get_milestones()]),
    ("labels", lambda: [label.name for label in repo.get_labels()]),
    ("user", lambda: [hub.get_user("octocat").name, hub.get_user().login]),
    ("own repositories", lambda: [own.full_name for own in hub.get_user().get_repos()]),
    ("owner's repositories", lambda: [own.full_name for own in repo.owner.get_repos()]),
    ("search", lambda: [issue.number for issue in hub.search_issues("repo:octocat/Hello-World is:issue")]),
    ("emojis", lambda: len(hub.get_emojis())),
    ("404", lambda: refused(lambda: hub.get_repo("octocat/none"))),
    ("401", lambda: refused(lambda: Github(base_url=told["base"], auth=Auth.Token("sim-token-nobody"), retry=None).get_user().login)),
    ("GraphQL", lambda: hub.requester.graphql_query("{ viewer { login } }", {})[1]["data"]),
]
writes = [
    ("issue made", lambda: [(made := repo.create_issue("New", body="text")).title, made.number, made.url]),
    ("issue changed", lambda: [(changed := repo.get_issue(1)).edit(title="Other"), changed.title, repo.get_issue(1).title]),
    ("comment made", lambda: [repo.get_issue(1).create_comment("Hello").body, [comment.body for comment in repo.get_issue(1).get_comments()]]),
    ("comments counted after one was made", lambda: [repo.get_issue(1).get_comments().totalCount, repo.get_issue(1).create_comment("Again").body, repo.get_issue(1).get_comments().totalCount]),
    ("label added", lambda: [repo.get_issue(1).add_to_labels("bug"), [label.name for label in repo.get_issue(1).labels]]),
    ("issue closed", lambda: [repo.get_issue(1).edit(state="closed"), repo.get_issue(1).state]),
]

results = {}
for title, work in reads if told.get("readsOnly") else reads + writes:
    for time in ("", ", again"):
        try:
            results[title + time] = work()
        except BaseException as error:
            results[title + time] = f"{type(error).__name__}: {error}"
json.dump(results, sys.stdout, default=str)
