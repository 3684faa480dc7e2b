import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { stackNames } from "../../stacks/config/load";

const PROJECT_DIRECTORY = path.join(__dirname, "..", "..");
const read = (file: string) => fs.readFileSync(path.join(PROJECT_DIRECTORY, file), "utf8");
const manifest = JSON.parse(read("package.json")) as {
  engines: { node: string };
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
};

const GITHUB = read(".github/workflows/plan.yml");
const COMMENT = read(".github/workflows/comment.yml");
const NIGHTLY = read(".github/workflows/nightly.yml");
const GITLAB = read(".gitlab-ci.yml");
/** Versions of Node.js that `test/nodes` runs both commands on. */
const TRIED = [...read("tools/node-versions").matchAll(/^([\d.]+) +node-/gm)].map(([, version]) => version);
const github = parse(GITHUB);
const gitlab = parse(GITLAB);

/** What a job runs, as one text. */
const commands = (job: any): string => JSON.stringify(job.steps ?? [job.before_script, job.script]);

describe.each([
  ["GitHub", GITHUB],
  ["GitLab", GITLAB],
])("the pipeline for %s", (_, text) => {
  it("runs scripts that the project has", () => {
    for (const [, script = ""] of text.matchAll(/npm run ([\w-]+)/g)) expect(manifest.scripts).toHaveProperty(script);
    expect(text).toContain("npx mes plan --out plan");
  });

  it("previews with the CLI of the version that the program is written against", () => {
    const versions = [...text.matchAll(/(?:pulumi-version: |pulumi-nodejs:)(\S+)/g)].map(([, version]) => version);
    expect(versions).toEqual([manifest.dependencies["@pulumi/pulumi"]]);
  });

  it("runs on a Node.js that both commands are tried on", () => {
    const versions = [...text.matchAll(/(?:NODE_VERSION: "|NODE_IMAGE: node:)([\d.]+)/g)].map(([, version]) => version);
    expect(versions).toHaveLength(1);
    expect(TRIED).toEqual(expect.arrayContaining(versions));
  });
});

describe("the pipeline for GitHub", () => {
  it("uses actions that are pinned to a commit, each with its version beside it", () => {
    const uses = GITHUB.split("\n").filter((line) => line.includes("uses:"));
    expect(uses.length).toBeGreaterThan(5);
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("uses one commit of each action", () => {
    const uses = [...GITHUB.matchAll(/uses: (\S+)@(\S+)/g)].map(([, action, commit]) => [action, commit] as const);
    expect(new Set(uses.map(([action]) => action)).size).toBe(new Set(uses.map((pair) => pair.join("@"))).size);
  });

  it("may only read, but for the identity that a preview shows to the cloud", () => {
    expect(github.permissions).toEqual({ contents: "read" });
    expect(github.jobs.check.permissions).toBeUndefined();
    expect(github.jobs.plan.permissions).toBeUndefined();
    expect(github.jobs.preview.permissions).toEqual({ contents: "read", "id-token": "write" });
    expect(GITHUB.match(/persist-credentials: false/g)).toHaveLength(GITHUB.match(/uses: actions\/checkout@/g)?.length ?? 0);
  });

  it("has credentials on main only, and never on a pull request", () => {
    expect(Object.keys(github.on)).toEqual(["pull_request", "push"]);
    expect(github.on.push).toEqual({ branches: ["main"] });
    for (const name of ["check", "plan"]) expect(JSON.stringify(github.jobs[name])).not.toMatch(/secrets\.|vars\./);
    expect(github.jobs.preview.if).toMatch(/^github\.event_name == 'push' && github\.ref == 'refs\/heads\/main' && /);
  });

  it("puts no expression into a script, where a name could become a command", () => {
    for (const job of Object.values<any>(github.jobs)) {
      for (const step of job.steps) expect(step.run ?? "").not.toContain("${{");
    }
  });

  it("ends every job after some time", () => {
    for (const job of Object.values<any>(github.jobs)) expect(job["timeout-minutes"]).toBeGreaterThan(0);
  });

  it("shows whatever plans there are, also those of a run that failed", () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "mes-summary-"));
    const summary = path.join(directory, "summary.md");
    const [script] = github.jobs.plan.steps
      .filter((step: any) => String(step.name).startsWith("Show"))
      .map((step: any) => step.run);
    const run = () =>
      spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
        cwd: directory,
        env: { PATH: process.env.PATH, GITHUB_STEP_SUMMARY: summary },
      });
    expect(run().status).toBe(0);
    fs.mkdirSync(path.join(directory, "plan"));
    fs.writeFileSync(path.join(directory, "plan", "messages.log"), "Pulumi.prod.yaml:1:1: wrong\n");
    fs.writeFileSync(path.join(directory, "plan", "dev.txt"), `dev: 3 resources\n${"x".repeat(2_000_000)}`);
    expect(run().status).toBe(0);
    const page = fs.readFileSync(summary, "utf8");
    fs.rmSync(directory, { recursive: true });
    expect(page).toContain("<summary>messages.log</summary>\n\n````text\nPulumi.prod.yaml:1:1: wrong\n");
    expect(page).toContain("<summary>dev.txt</summary>\n\n````text\ndev: 3 resources\n");
    // What is larger than a page is not shown at all.
    expect(page.length).toBeLessThan(1_000_000);
  });

  it("previews every stack", () => {
    expect(github.jobs.preview.strategy.matrix.stack).toEqual(stackNames(PROJECT_DIRECTORY));
  });
});

describe("what comments on GitHub", () => {
  const comment = parse(COMMENT);

  it("runs after a plan, on the main branch's own version of it, and nothing of the pull request", () => {
    expect(comment.on).toEqual({ workflow_run: { workflows: [github.name], types: ["completed"] } });
    expect(comment.permissions).toEqual({});
    expect(COMMENT).not.toMatch(/actions\/checkout|npm |npx |node /);
    for (const job of Object.values<any>(comment.jobs)) {
      expect(job.if).toMatch(/^github\.event\.workflow_run\.event == 'pull_request'/);
      expect(job["timeout-minutes"]).toBeGreaterThan(0);
      for (const step of job.steps) expect(step.run).not.toContain("${{");
    }
  });

  it("may write just what it writes", () => {
    expect(comment.jobs.comment.permissions).toEqual({ actions: "read", "pull-requests": "write" });
    expect(comment.jobs.lines.permissions).toEqual({ actions: "read", "security-events": "write" });
  });

  it("writes one comment, and the same one again; nothing that is not of mes plan", () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "mes-comment-"));
    const log = path.join(directory, "log");
    const [{ run: script }] = comment.jobs.comment.steps;
    // A stand-in of GitHub's own command line: it has one pull request, and the comments that the test gives it.
    const gh = `#!/bin/bash
case "$*" in
  "run download"*) mkdir -p plan && printf '%s' "$BODY" > plan/dev.md ;;
  *"/pulls "*) echo 7 ;;
  *--paginate*) echo "$KNOWN" ;;
  *) echo "$*" >> ${log} ;;
esac`;
    fs.writeFileSync(path.join(directory, "gh"), gh, { mode: 0o755 });
    const wrote = (BODY: string, KNOWN: string) => {
      fs.rmSync(log, { force: true });
      const env = {
        PATH: `${directory}:${process.env.PATH ?? ""}`,
        BODY,
        KNOWN,
        RUN: "1",
        REPOSITORY: "a/b",
        HEAD_OWNER: "a",
        HEAD_BRANCH: "x",
        HEAD_SHA: "s",
      };
      const { status } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], { cwd: directory, env });
      return { status, log: fs.existsSync(log) ? fs.readFileSync(log, "utf8").trim() : "" };
    };
    expect(wrote("<!-- mes plan --against -->\nx", "")).toEqual({
      status: 0,
      log: "api --method POST repos/a/b/issues/7/comments -F body=@body.md --silent",
    });
    expect(wrote("<!-- mes plan --against -->\nx", "42").log).toBe(
      "api --method PATCH repos/a/b/issues/comments/42 -F body=@body.md --silent",
    );
    expect(wrote("anything else", "")).toEqual({ status: 1, log: "" });
    fs.rmSync(directory, { recursive: true });
  });
});

describe("the nightly pipeline for GitHub", () => {
  const nightly = parse(NIGHTLY);

  it("runs what CI runs, without a credential, on a machine that somebody has named", () => {
    expect(nightly.permissions).toEqual({ contents: "read" });
    expect(nightly.jobs.all.if).toBe("vars.NIGHTLY_RUNNER != ''");
    expect(commands(nightly.jobs.all)).toContain('"run":".ci/run"');
    expect(NIGHTLY).not.toContain("secrets.");
    expect(NIGHTLY).toContain("persist-credentials: false");
  });

  it("uses actions of the same commits as the other one", () => {
    const uses = (text: string) => [...text.matchAll(/uses: (\S+@\S+ # \S+)/g)].map(([, action]) => action);
    expect(uses(GITHUB)).toEqual(expect.arrayContaining(uses(NIGHTLY)));
  });
});

describe("the pipeline for GitLab", () => {
  it("has credentials on the default branch only", () => {
    expect(gitlab.preview.rules).toEqual([{ if: "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $PULUMI_BACKEND_URL" }]);
    for (const name of ["check", "plan"]) expect(JSON.stringify(gitlab[name])).not.toMatch(/AWS_|PULUMI_|KUBECONFIG|TOKEN/);
  });

  it("comments with a token, and without a file of the merge request but those of its plan", () => {
    expect(gitlab.comment.rules).toEqual([
      { if: '$CI_PIPELINE_SOURCE == "merge_request_event" && $PLAN_COMMENT_TOKEN', when: "always" },
    ]);
    expect(gitlab.comment.variables).toEqual({ GIT_STRATEGY: "none" });
    expect(gitlab.comment).not.toHaveProperty("extends");
    expect(commands(gitlab.comment)).not.toMatch(/npm |npx |plan\/(?!\$)/);
  });

  it("runs on merge requests and on the default branch, not twice for one push", () => {
    expect(gitlab.workflow.rules.map((rule: { if: string }) => rule.if)).toEqual([
      '$CI_PIPELINE_SOURCE == "merge_request_event"',
      "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
    ]);
  });

  it("keeps packages by the lock file, and none where credentials are", () => {
    expect(gitlab[".with-packages"].cache.key.files).toEqual(["package-lock.json"]);
    expect(gitlab.preview).not.toHaveProperty("cache");
    expect(gitlab.preview).not.toHaveProperty("extends");
  });

  it("hands the plans to the merge request, those of a plan with findings too", () => {
    expect(gitlab.plan.artifacts).toMatchObject({ when: "always", paths: ["plan/"], expose_as: "Plan" });
  });

  it("previews every stack", () => {
    expect(gitlab.preview.parallel.matrix).toEqual([{ STACK: stackNames(PROJECT_DIRECTORY) }]);
  });
});

describe("package.json", () => {
  it("allows no Node.js that is older than the oldest that both commands are tried on", () => {
    expect(manifest.engines.node).toBe(`>=${TRIED[0]}`);
  });
});

describe("both pipelines", () => {
  it("run the same checks, the same plan and the same preview", () => {
    for (const command of ["npm run check", "npm test"]) {
      expect(commands(github.jobs.check)).toContain(command);
      expect(commands(gitlab.check)).toContain(command);
    }
    const preview = (job: any) => /pulumi preview [^|]*/.exec(commands(job))?.[0];
    expect(preview(github.jobs.preview)).toBe(preview(gitlab.preview));
    const state = String.raw`pulumi stack export --stack \"$STACK\" | npx mes plan --stack \"$STACK\" --state -`;
    for (const job of [github.jobs.preview, gitlab.preview]) expect(commands(job)).toContain(state);
  });
});
