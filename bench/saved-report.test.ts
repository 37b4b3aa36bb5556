import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { newestReport, saveReport, type BenchReport } from "./saved-report.ts";

const machine = {
  cpu: "Some CPU",
  cores: 2,
  memoryGb: 8,
  kernel: "6.1",
  node: "26.10.0",
  undici: "8.12.4",
  haproxy: "2.6.12",
  nginx: "none",
  commit: "abc",
  dirty: false,
};

function report(at: string, commit: string): BenchReport {
  const results = { json: { raw: [{ cpuMicros: 40 }] } };
  return { at, machine: { ...machine, commit }, rounds: 3, results, verdicts: [], notes: [] };
}

test("the newest report is the last by time, whatever its file is called", () => {
  const folder = mkdtempSync(join(tmpdir(), "sekisho-results-"));
  try {
    assert.equal(newestReport(join(folder, "missing")), undefined);
    saveReport(report("2026-11-20T10:00:00.000Z", "fff"), folder);
    saveReport(report("2026-11-20T12:00:00.000Z", "aaa"), folder);
    assert.equal(newestReport(folder)?.machine.commit, "aaa");
    const markdown = readFileSync(join(folder, "latest.md"), "utf8");
    assert.match(markdown, /Commit aaa;/);
    assert.match(markdown, /Some CPU, 2 cores/);
    assert.match(markdown, /\| raw +\| +40\.0/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
