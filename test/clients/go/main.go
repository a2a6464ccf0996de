// Does with go-github what its users do, and prints what it saw.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"

	"github.com/google/go-github/v74/github"
)

type told struct {
	Base, Token string
	ReadsOnly   bool
}

type step struct {
	name string
	work func() (any, error)
}

var (
	ctx         = context.Background()
	owner, repo = "octocat", "Hello-World"
)

func client(base, token string) *github.Client {
	made := github.NewClient(nil).WithAuthToken(token)
	made.BaseURL, _ = url.Parse(base + "/")
	return made
}

// all follows the pages of a list.
func all[T any](list func(github.ListOptions) ([]T, *github.Response, error)) (any, error) {
	var found []T
	options := github.ListOptions{PerPage: 4}
	for {
		page, response, err := list(options)
		if err != nil {
			return nil, err
		}
		found = append(found, page...)
		if response.NextPage == 0 {
			return found, nil
		}
		options.Page = response.NextPage
	}
}

func one[T any](value T, response *github.Response, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return []any{response.StatusCode, value}, nil
}

func link(value *url.URL, response *github.Response, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return []any{response.StatusCode, value.String()}, nil
}

func problem(err error) any {
	var refused *github.ErrorResponse
	var limited *github.RateLimitError
	switch {
	case errors.As(err, &limited):
		return []any{"limited", limited.Message}
	case errors.As(err, &refused):
		return []any{refused.Response.StatusCode, refused.Message}
	}
	return err.Error()
}

func main() {
	var asked told
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		panic(err)
	}
	hub := client(asked.Base, asked.Token)
	issue := 1
	reads := []step{
		{"repository", func() (any, error) { return one(hub.Repositories.Get(ctx, owner, repo)) }},
		{"issues", func() (any, error) {
			return all(func(page github.ListOptions) ([]*github.Issue, *github.Response, error) {
				return hub.Issues.ListByRepo(ctx, owner, repo, &github.IssueListByRepoOptions{State: "all", ListOptions: page})
			})
		}},
		{"issue", func() (any, error) { return one(hub.Issues.Get(ctx, owner, repo, issue)) }},
		{"pulls", func() (any, error) {
			return all(func(page github.ListOptions) ([]*github.PullRequest, *github.Response, error) {
				return hub.PullRequests.List(ctx, owner, repo, &github.PullRequestListOptions{State: "all", ListOptions: page})
			})
		}},
		{"commits", func() (any, error) {
			return all(func(page github.ListOptions) ([]*github.RepositoryCommit, *github.Response, error) {
				return hub.Repositories.ListCommits(ctx, owner, repo, &github.CommitsListOptions{ListOptions: page})
			})
		}},
		{"commit", func() (any, error) { return one(hub.Repositories.GetCommit(ctx, owner, repo, "main", nil)) }},
		{"branches", func() (any, error) {
			return all(func(page github.ListOptions) ([]*github.Branch, *github.Response, error) {
				return hub.Repositories.ListBranches(ctx, owner, repo, &github.BranchListOptions{ListOptions: page})
			})
		}},
		{"tags", func() (any, error) {
			return all(func(page github.ListOptions) ([]*github.RepositoryTag, *github.Response, error) {
				return hub.Repositories.ListTags(ctx, owner, repo, &page)
			})
		}},
		{"folder", func() (any, error) {
			_, folder, response, err := hub.Repositories.GetContents(ctx, owner, repo, "", nil)
			return one(folder, response, err)
		}},
		{"file", func() (any, error) {
			file, _, response, err := hub.Repositories.GetContents(ctx, owner, repo, "README.md", nil)
			return one(file, response, err)
		}},
		{"readme", func() (any, error) { return one(hub.Repositories.GetReadme(ctx, owner, repo, nil)) }},
		{"tree", func() (any, error) { return one(hub.Git.GetTree(ctx, owner, repo, "main", false)) }},
		{"releases", func() (any, error) {
			return all(func(page github.ListOptions) ([]*github.RepositoryRelease, *github.Response, error) {
				return hub.Repositories.ListReleases(ctx, owner, repo, &page)
			})
		}},
		{"latest release", func() (any, error) { return one(hub.Repositories.GetLatestRelease(ctx, owner, repo)) }},
		{"archive link", func() (any, error) {
			return link(hub.Repositories.GetArchiveLink(ctx, owner, repo, github.Tarball, &github.RepositoryContentGetOptions{Ref: "main"}, 1))
		}},
		{"workflow runs", func() (any, error) { return one(hub.Actions.ListRepositoryWorkflowRuns(ctx, owner, repo, nil)) }},
		{"workflow run's logs", func() (any, error) {
			runs, _, err := hub.Actions.ListRepositoryWorkflowRuns(ctx, owner, repo, nil)
			if err != nil {
				return nil, err
			}
			return link(hub.Actions.GetWorkflowRunLogs(ctx, owner, repo, runs.WorkflowRuns[0].GetID(), 1))
		}},
		{"languages", func() (any, error) { return one(hub.Repositories.ListLanguages(ctx, owner, repo)) }},
		{"topics", func() (any, error) { return one(hub.Repositories.ListAllTopics(ctx, owner, repo)) }},
		{"labels", func() (any, error) {
			return all(func(page github.ListOptions) ([]*github.Label, *github.Response, error) {
				return hub.Issues.ListLabels(ctx, owner, repo, &page)
			})
		}},
		{"user", func() (any, error) { return one(hub.Users.Get(ctx, "")) }},
		{"search", func() (any, error) { return one(hub.Search.Issues(ctx, "repo:octocat/Hello-World is:issue", nil)) }},
		{"401", func() (any, error) { return one(client(asked.Base, "sim-token-nobody").Users.Get(ctx, "")) }},
		{"403", func() (any, error) {
			return one(client(asked.Base, "sim-token-limited").Repositories.Get(ctx, owner, repo))
		}},
		{"404", func() (any, error) { return one(hub.Repositories.Get(ctx, owner, "none")) }},
	}
	writes := []step{
		{"made", func() (any, error) {
			return one(hub.Issues.Create(ctx, owner, repo, &github.IssueRequest{Title: github.Ptr("New")}))
		}},
		{"changed", func() (any, error) {
			return one(hub.Issues.Edit(ctx, owner, repo, issue, &github.IssueRequest{Title: github.Ptr("Other")}))
		}},
		{"seen changed", func() (any, error) { return one(hub.Issues.Get(ctx, owner, repo, issue)) }},
		{"commented", func() (any, error) {
			return one(hub.Issues.CreateComment(ctx, owner, repo, issue, &github.IssueComment{Body: github.Ptr("Hello")}))
		}},
		{"comments", func() (any, error) { return one(hub.Issues.ListComments(ctx, owner, repo, issue, nil)) }},
		{"labelled", func() (any, error) {
			return one(hub.Issues.ReplaceLabelsForIssue(ctx, owner, repo, issue, []string{"bug"}))
		}},
	}
	steps := reads
	if !asked.ReadsOnly {
		steps = append(steps, writes...)
	}
	seen := map[string]any{}
	for _, step := range steps {
		for _, time := range []string{"", ", again"} {
			value, err := step.work()
			if err != nil {
				value = problem(err)
			}
			seen[step.name+time] = value
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(seen); err != nil {
		panic(err)
	}
}
