import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fail, ok, warn, type Finding } from "./doctor-finding.ts";

const failBelowBytes = 100 * 1024 * 1024;
const warnBelowBytes = 1024 * 1024 * 1024;
/** Raw keys and the pepper: nobody else may read them. */
const privateFiles = ["first-run.json", "pepper.json"];

/** Can the server keep what it must keep? */
export function dataChecks(folder: string): Finding[] {
  const path = resolve(folder);
  const finding = checkWritable(path);
  if (finding.level === "fail") return [finding];
  return [finding, checkSpace(nearestFolder(path)), ...checkPrivate(path)];
}

const nearestFolder = (path: string): string =>
  existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);

const checkWritable = (path: string): Finding => {
  try {
    if (!existsSync(path)) {
      accessSync(nearestFolder(path), constants.W_OK);
      return ok("data folder", `${path} does not exist yet and can be made`);
    }
    writeProbe(path);
    return ok("data folder", `${path} can be written`);
  } catch (error) {
    const advice = "give the user who runs Sekisho write access, or name another with --data";
    return fail("data folder", `${path} cannot be written: ${codeOf(error)}`, advice);
  }
};

/** A read-only mount or a full disk shows only when something is written. */
const writeProbe = (path: string): void => {
  const probe = join(path, `doctor.${process.pid}.tmp`);
  const file = openSync(probe, "w", 0o600);
  try {
    writeFileSync(file, "probe");
    fsyncSync(file);
  } finally {
    closeSync(file);
    rmSync(probe, { force: true });
  }
};

const checkSpace = (folder: string): Finding => {
  const { bavail, bsize } = statfsSync(folder);
  return judgeSpace(bavail * bsize);
};

export const judgeSpace = (freeBytes: number): Finding => {
  const says = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB free`;
  const advice = "make room: without it the server refuses requests (storage_unavailable)";
  if (freeBytes < failBelowBytes) return fail("disk", says, advice);
  return freeBytes < warnBelowBytes ? warn("disk", says, advice) : ok("disk", says);
};

const checkPrivate = (folder: string): Finding[] =>
  privateFiles
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .map((path) => {
      const others = statSync(path).mode & 0o077;
      if (others === 0) return ok("secrets", `${path} is readable by its owner alone`);
      return fail("secrets", `${path} is readable by others`, `run chmod 600 ${path}`);
    });
