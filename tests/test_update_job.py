"""The update job: when it is rendered, and what becomes of its pull requests.

Its scripts are run, with Copier and git as they are, an `origin` in a directory, and in
place of `gh` a program that records what it is asked for.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from github_job import Finished, evaluate, run_job
from workbench import LATER, NEXT, ROOT, changed, git, run_copier, tree, write_files

if TYPE_CHECKING:
    from collections.abc import Callable

WORKFLOW = ".github/workflows/asyncio-tests-update.yml"
OTHER_WORKFLOW = ".github/workflows/mine.yml"
SAMPLE = "tests/asyncio_examples/test_waiting.py"
BRANCH = "asyncio-tests-update/main"
BOT = "41898282+github-actions[bot]@users.noreply.github.com"
COPY = ("copy", "--skip-tasks", "--trust", "--defaults")
CURRENT = ("update", "--trust", "--defaults", "--vcs-ref=:current:")
WITH_JOB = "--data=asyncio_update_job=github"
WITHOUT_JOB = "--data=asyncio_update_job=none"
PROGRAMS = {
    "pip": '#!/bin/sh\n[ "$*" = "install uv" ]\n',
    "uvx": f"""\
#!/bin/sh
[ "$1" = copier ] && shift && exec {sys.executable} -m copier "$@"
""",
    "gh": """\
#!/bin/sh
echo "$*" >> "$RUNNER_TEMP/calls"
case "$*" in
*"${GH_REFUSES:-nothing}"*) exit 1 ;;
"pr list"*) echo "$GH_OPEN" ;;
esac
""",
}


def commit(project: Path) -> None:
    """Put all of a project under version control, on the branch `main`."""
    git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=x")


def parsed(path: Path) -> Any:
    """Return what a workflow says."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


# Whether it is there


def test_nothing_is_added_unless_it_is_asked_for(render: Callable[..., Path]) -> None:
    """Not even an empty directory: most repositories are on no such host."""
    assert not (render() / ".github").exists()


def test_the_job_is_one_file_beside_the_others(render: Callable[..., Path]) -> None:
    """Declining it changes nothing else."""
    asked_for = tree(render(asyncio_update_job="github"))

    assert asked_for == sorted([*tree(render()), WORKFLOW])


def test_whoever_leaves_is_told_to_delete_it(render: Callable[..., Path]) -> None:
    """Or it would look every week for a suite that is gone."""
    guide = "tests/ASYNC_TESTING.md"
    with_job = (render(asyncio_update_job="github") / guide).read_text("utf-8")
    without = (render() / guide).read_text("utf-8")

    (command,) = [line for line in with_job.splitlines() if "git rm --quiet s" in line]
    assert command.endswith(f" .copier-answers.yml {WORKFLOW}")
    assert WORKFLOW not in without


def test_the_template_shows_the_workflow_as_it_will_be(
    render: Callable[..., Path],
) -> None:
    """Editors and linters can read it there, since the directives are in comments."""
    in_place = parsed(ROOT / "template" / WORKFLOW)
    rendered = parsed(render(asyncio_update_job="github") / WORKFLOW)

    in_place["jobs"]["update"]["env"]["ANSWERS_FILE"] = ".copier-answers.yml"
    assert rendered == in_place


def test_its_actions_are_those_that_this_repository_trusts_itself(
    render: Callable[..., Path],
) -> None:
    """By their hashes, so that raising ours raises the template's."""
    pinned = re.compile(r"(?m)uses: (\S+@[0-9a-f]{40} # v\S+)$")
    ours = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    text = (render(asyncio_update_job="github") / WORKFLOW).read_text(encoding="utf-8")

    assert pinned.findall(text) == pinned.findall(ours)
    assert text.count("uses:") == len(pinned.findall(text))


def test_it_may_do_no_more_than_its_work(render: Callable[..., Path]) -> None:
    """Push a branch and open a pull request, with nothing left behind in the clone."""
    content = parsed(render(asyncio_update_job="github") / WORKFLOW)
    job = content["jobs"]["update"]

    assert content["permissions"] == {}
    assert job["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert job["steps"][0]["with"] == {"persist-credentials": False}
    assert not [step for step in job["steps"] if "${{" in step.get("run", "")]


def test_it_reads_the_answers_of_this_template_where_there_are_two(
    template: Path, tmp_path: Path
) -> None:
    """Another template's answers file has the usual name."""
    write_files(tmp_path, {".copier-answers.yml": "_src_path: another\n"})

    run_copier(*COPY, WITH_JOB, template, ".", cwd=tmp_path)

    variables = parsed(tmp_path / WORKFLOW)["jobs"]["update"]["env"]
    assert variables["ANSWERS_FILE"] == ".copier-answers.asyncio-testing.yml"


def test_it_comes_and_goes_with_the_answer(template: Path, tmp_path: Path) -> None:
    """By an update to the version that is there; workflows of the user's stay."""
    project = tmp_path / "project"
    run_copier(*COPY, template, project, cwd=tmp_path)
    write_files(project, {OTHER_WORKFLOW: "on: push\n"})
    commit(project)

    switched_on = run_copier(*CURRENT, WITH_JOB, cwd=project)

    assert switched_on.returncode == 0, switched_on.stderr
    assert git(project, "status", "--porcelain").splitlines() == [
        " M .copier-answers.yml",
        " M tests/ASYNC_TESTING.md",  # how to leave names it
        f"?? {WORKFLOW}",
    ]
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=On")

    switched_off = run_copier(*CURRENT, WITHOUT_JOB, cwd=project)

    assert switched_off.returncode == 0, switched_off.stderr
    assert git(project, "diff", "--name-only", "HEAD~").strip() == ""
    assert (project / OTHER_WORKFLOW).exists()
    assert not (project / WORKFLOW).exists()


@pytest.mark.parametrize("already", [False, True], ids=["first copy", "later"])
def test_a_workflow_of_the_users_by_that_name_is_refused_untouched(
    already: bool,  # noqa: FBT001 (a parameter of the test)
    template: Path,
    tmp_path: Path,
) -> None:
    """Nobody's file is overwritten, whenever the job is asked for."""
    project = tmp_path / "project"
    write_files(project, {OTHER_WORKFLOW: "on: push\n"})
    if already:
        run_copier(*COPY, template, project, cwd=tmp_path)
    write_files(project, {WORKFLOW: "on: push\n"})
    commit(project)
    command = CURRENT if already else (*COPY, template, ".")

    finished = run_copier(*command, WITH_JOB, cwd=project)

    assert finished.returncode == 1
    last = finished.stderr.splitlines()[-1]
    assert f"the file {WORKFLOW} is in the way and was not written" in last
    assert "Traceback" not in finished.stderr
    assert git(project, "status", "--porcelain") == ""


def test_a_workflow_of_the_users_is_in_nobodys_way_without_the_job(
    template: Path, tmp_path: Path
) -> None:
    """The name alone is no reason to refuse."""
    write_files(tmp_path, {WORKFLOW: "on: push\n"})

    finished = run_copier(*COPY, template, ".", cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    assert (tmp_path / WORKFLOW).read_text(encoding="utf-8") == "on: push\n"


def test_the_way_back_from_an_adoption_names_the_workflow(
    template: Path, tmp_path: Path
) -> None:
    """It was rendered like the rest of what the printed line takes back."""
    write_files(tmp_path, {"tests/test_mine.py": "def test_mine(): pass\n"})
    adopt = ("copy", "--trust", "--defaults", "--data=asyncio_verification=skip")

    finished = run_copier(*adopt, WITH_JOB, template, ".", cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    (undo,) = [line for line in finished.stderr.splitlines() if "Undo: " in line]
    assert f" {WORKFLOW} " in undo


# What it does


class Shop:
    """A project that has the job, on a host with pull requests.

    Its template is the user's to publish new versions of; `origin` is the host's
    repository, and each run of the job gets a clone of it as shallow as GitHub's.
    """

    def __init__(self, template: Path, place: Path) -> None:
        self._place = place
        self.template = changed(template, place / "template", {})
        git(self.template, "tag", "--delete", LATER)
        self.project = place / "project"
        run_copier(*COPY, WITH_JOB, self.template, self.project, cwd=place)
        commit(self.project)
        self.origin = place / "origin.git"
        git(place, "clone", "--quiet", "--bare", str(self.project), str(self.origin))
        for name, text in PROGRAMS.items():
            write_files(place, {f"bin/{name}": text})
            (place / "bin" / name).chmod(0o755)

    def publish(self, path: str, *, before: str = "", after: str = "") -> None:
        """Publish a version of the template, with more text in a file."""
        file = self.template / path
        text = file.read_text(encoding="utf-8")
        file.write_text(before + text + after, encoding="utf-8")
        git(self.template, "commit", "--quiet", "--all", "--message=Mended")
        git(self.template, "tag", LATER)

    def publish_sample(self) -> None:
        """Publish a version of the template, with another sample."""
        name = SAMPLE.replace("tests/", "{{ asyncio_tests_dir }}/", 1)
        self.publish(f"template/{name}", before="# Mended.\n")

    def push(self, branch: str, text: str, *, author: str = "me@example.org") -> None:
        """Push a commit on top of `main` that puts a text before the sample's."""
        file = self.project / SAMPLE
        git(self.project, "checkout", "--quiet", "-B", branch)
        file.write_text(text + file.read_text(encoding="utf-8"), encoding="utf-8")
        commit = ("commit", "--quiet", "--all", "--message=Mine")
        git(self.project, *commit, f"--author=somebody <{author}>")
        git(self.project, "push", "--quiet", str(self.origin), branch)
        git(self.project, "checkout", "--quiet", "main")

    def run(self, *, secret: str = "", opened: str = "", refuses: str = "") -> Finished:
        """Run the job once.

        Args:
            secret: The token that is set as a secret.
            opened: The number of the pull request that is open.
            refuses: What makes `gh` fail when it is among its words.
        """
        run = Path(self._place, f"run-{len(list(self._place.iterdir()))}")
        checkout, self.scratch = run / "checkout", run / "scratch"
        self.scratch.mkdir(parents=True)
        (self.scratch / "calls").touch()
        git(run, "clone", "--quiet", "--depth=1", self.origin.as_uri(), "checkout")
        values = {
            "github.ref_name": "main",
            "github.repository": "me/shop",
            "github.token": "the job's own",
            "secrets.ASYNCIO_UPDATE_TOKEN": secret,
        }
        environment = {
            "PATH": f"{self._place / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            "ASYNCIO_TESTING_PYTHON": sys.executable,
            "ASYNCIO_TESTING_VERIFY": "skip",
            "GH_OPEN": opened,
            **({"GH_REFUSES": refuses} if refuses else {}),
        }
        workflow = checkout / WORKFLOW
        return run_job(workflow, "update", checkout, self.scratch, values, environment)

    @property
    def branches(self) -> list[str]:
        """What is at the host."""
        listed = git(self.origin, "branch", "--format=%(refname:short)")
        return listed.splitlines()

    @property
    def changes(self) -> list[str]:
        """The calls of `gh` that change something."""
        calls = (self.scratch / "calls").read_text(encoding="utf-8").splitlines()
        here = str(self.scratch)
        return [call.replace(here, "~") for call in calls if call[:7] != "pr list"]

    @property
    def text(self) -> str:
        """The text of the pull request."""
        return (self.scratch / "text.md").read_text(encoding="utf-8")

    def pushed(self, path: str) -> str:
        """Return a file as it is on the branch of the update."""
        return git(self.origin, "show", f"{BRANCH}:{path}")


@pytest.fixture
def shop(template: Path, tmp_path: Path) -> Shop:
    """A project of the test's own, with a template that has nothing new."""
    return Shop(template, tmp_path)


CREATE = (
    f"pr create --base main --head {BRANCH}"
    f" --title Update the asyncio tests to {LATER}{{}} --body-file ~/text.md"
)
CREATED = CREATE.format("")
UNFINISHED = CREATE.format(" (unfinished)")


def test_nothing_happens_while_there_is_no_new_version(shop: Shop) -> None:
    """Every week but a few."""
    finished = shop.run()

    assert finished.succeeded, finished.said
    assert finished.ran == ["Get uv", "Look for a new version"]
    assert "The asyncio tests are up to date." in finished.said
    assert shop.changes == []
    assert shop.branches == ["main"]


def test_a_new_version_becomes_a_pull_request(shop: Shop) -> None:
    """One commit of the bot's, with what `copier update` changes and nothing more."""
    shop.publish_sample()

    finished = shop.run()

    assert finished.succeeded, finished.said
    assert shop.changes == [CREATED]
    assert shop.text == f"`copier update` from v{NEXT} to {LATER}.\n"
    assert shop.branches == [BRANCH, "main"]
    logged = git(shop.origin, "log", "--format=%ae %s", f"main..{BRANCH}")
    assert logged == f"{BOT} Update the asyncio tests to {LATER}\n"
    names = git(shop.origin, "diff", "--name-only", "main", BRANCH).split()
    assert names == [".copier-answers.yml", SAMPLE]


def test_a_conflict_becomes_a_draft_that_names_the_file(shop: Shop) -> None:
    """Only a person can settle it, and nobody should merge it by mistake."""
    shop.publish_sample()
    shop.push("main", "# Mine.\n")

    finished = shop.run()

    assert finished.succeeded, finished.said
    assert shop.changes == [f"{UNFINISHED} --draft"]
    assert f"\n- `{SAMPLE}`\n" in shop.text
    assert "exit code" not in shop.text
    assert "<<<<<<< before updating\n# Mine.\n" in shop.pushed(SAMPLE)


@pytest.mark.release
def test_an_update_that_fails_at_its_end_becomes_a_draft_that_says_how(
    shop: Shop,
) -> None:
    """A failed verification leaves a merged tree, which is worth looking at."""
    shop.publish(
        "copier.yml",
        after="""\
_migrations:
  - command: echo no such luck && exit 3
    when: "{{ _stage == 'after' }}"
""",
    )

    finished = shop.run()

    assert finished.succeeded, finished.said
    assert shop.changes == [f"{UNFINISHED} --draft"]
    assert "failed with exit code 1" in shop.text
    assert "\n    no such luck\n" in shop.text
    assert f"_commit: {LATER}" in shop.pushed(".copier-answers.yml")


def test_an_update_that_fails_before_it_begins_fails_the_job(shop: Shop) -> None:
    """There is nothing to look at then but the log."""
    shop.publish("copier.yml", after='_min_copier_version: "99"\n')

    finished = shop.run()

    assert not finished.succeeded
    assert "requires Copier version >= 99" in finished.said
    assert shop.branches == ["main"]


@pytest.mark.release
def test_without_drafts_the_title_alone_says_that_it_is_unfinished(shop: Shop) -> None:
    """GitHub's free plan has none in private repositories."""
    shop.publish_sample()
    shop.push("main", "# Mine.\n")

    finished = shop.run(refuses="--draft")

    assert finished.succeeded, finished.said
    assert shop.changes == [f"{UNFINISHED} --draft", UNFINISHED]


@pytest.mark.release
def test_an_open_pull_request_is_brought_up_to_date(shop: Shop) -> None:
    """Its branch, title and text; here the user has made a conflict meanwhile."""
    shop.publish_sample()
    shop.push(BRANCH, "# Of the week before.\n", author=BOT)
    shop.push("main", "# Mine.\n")

    finished = shop.run(opened="7")

    assert finished.succeeded, finished.said
    title = f"Update the asyncio tests to {LATER} (unfinished)"
    patch = "api --silent --method PATCH repos/me/shop/pulls/7"
    assert shop.changes == [
        f"{patch} -f title={title} -F body=@~/text.md",
        "pr ready --undo 7",
    ]
    assert "# Mine." in shop.pushed(SAMPLE)
    assert "# Of the week before." not in shop.pushed(SAMPLE)


@pytest.mark.release
def test_the_same_update_is_not_pushed_again(shop: Shop) -> None:
    """A push starts all checks, and dismisses reviews, week after week."""
    shop.publish_sample()
    shop.run()
    before = git(shop.origin, "rev-parse", BRANCH)

    finished = shop.run(opened="7")

    assert finished.succeeded, finished.said
    assert git(shop.origin, "rev-parse", BRANCH) == before


@pytest.mark.release
def test_work_of_the_users_on_the_branch_is_left_alone(shop: Shop) -> None:
    """Whoever has settled a conflict there must not have to do it again."""
    shop.publish_sample()
    shop.push(BRANCH, "# Settled.\n")

    finished = shop.run(opened="7")

    assert finished.succeeded, finished.said
    assert "Pull request 7 has commits of yours, and is left as it is." in finished.said
    assert shop.changes == []
    assert "# Settled." in shop.pushed(SAMPLE)


@pytest.mark.release
def test_a_branch_that_was_left_over_is_used_again(shop: Shop) -> None:
    """Many repositories keep the branches of what they have merged."""
    shop.publish_sample()
    shop.push(BRANCH, "# Settled.\n")

    finished = shop.run()

    assert finished.succeeded, finished.said
    assert shop.changes == [CREATED]
    assert "# Settled." not in shop.pushed(SAMPLE)


@pytest.mark.release
def test_a_changed_workflow_takes_a_token_that_may_push_it(shop: Shop) -> None:
    """GitHub would refuse the push with a line about an app that nobody has."""
    shop.publish(f"template/{WORKFLOW}", before="# Mended.\n")

    without = shop.run()

    assert not without.succeeded
    assert f"The update changes {WORKFLOW}, which the job's own token" in without.said
    assert "Set the secret ASYNCIO_UPDATE_TOKEN" in without.said
    assert shop.branches == ["main"]

    with_one = shop.run(secret="a token")  # noqa: S106 (not a real one)

    assert with_one.succeeded, with_one.said
    assert shop.changes == [CREATED]
    assert shop.pushed(WORKFLOW).startswith("# Mended.\n")


def test_a_template_that_cannot_be_read_fails_the_job_with_what_to_do(
    shop: Shop, tmp_path: Path
) -> None:
    """A private one, mostly. Silence would look as if there were never an update."""
    shop.template.rename(tmp_path / "moved")

    finished = shop.run()

    assert not finished.succeeded
    assert "::error::Copier cannot read the template" in finished.said
    assert "set the secret ASYNCIO_UPDATE_TOKEN" in finished.said


@pytest.mark.release
def test_a_job_that_may_open_no_pull_request_says_where_to_allow_it(shop: Shop) -> None:
    """New repositories do not allow it; the work is on the branch all the same."""
    shop.publish_sample()

    finished = shop.run(refuses="pr create")

    assert not finished.succeeded
    assert f"::error::The update is on the branch {BRANCH}, but no" in finished.said
    assert shop.branches == [BRANCH, "main"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("github.token", "own"),
        ("secrets.TOKEN || github.token", "own"),
        ("github.token || secrets.TOKEN", "own"),
        ("secrets.TOKEN != ''", "false"),
        ("github.token != ''", "true"),
        ("github.token == 'own'", "true"),
        ("secrets.TOKEN", ""),
    ],
)
def test_expressions_mean_what_they_mean_on_github(expression: str, value: str) -> None:
    """These tests run the job with a small double of its runner."""
    assert evaluate(expression, {"github.token": "own"}) == value
