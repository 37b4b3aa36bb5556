import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Failure } from "../../failure/failure.ts";
import { VirtualClock } from "../../time/virtual-clock.ts";
import type { Resolver } from "../resolver.ts";
import { defaultEgressGuardOptions, EgressGuard, type CheckedUrl } from "./egress-guard.ts";

const never = new AbortController().signal;

/** What names stand for; one that is not listed has no address. */
const names: Readonly<Record<string, readonly string[]>> = {
  "img.example.com": ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
  "inside.example.com": ["10.0.0.5"],
  "half.example.com": ["93.184.215.14", "10.0.0.5"],
  "mapped.example.com": ["::ffff:10.0.0.5"],
  "nat64.example.com": ["64:ff9b::a00:5"],
  "local6.example.com": ["fe80::1"],
  "meta.example.com": ["169.254.169.254"],
  "odd.example.com": ["fe80::1%eth0"],
  "lies.example.com": ["not an address"],
  "intranet.corp.example.com": ["10.1.2.3"],
};

/** Names that a name server inside might answer for, with an address that is public. */
const inner = /^metadata$|(?:^|\.)(?:localhost|internal|local|arpa)$|^-a\./;

const resolver: Resolver = {
  lookup: async (hostname) => names[hostname] ?? (inner.test(hostname) ? ["93.184.215.14"] : []),
};

const guardOf = (allow: readonly string[] = [], ports: readonly number[] = [443]) =>
  new EgressGuard(
    { resolver, clock: new VirtualClock() },
    { ...defaultEgressGuardOptions, allow, ports },
  );

const checked = (url: string, allow: readonly string[] = []): Promise<CheckedUrl> =>
  guardOf(allow).check(url, never);

const host = "its host is not allowed, or has no public address";
const scheme = "its scheme is not https";
const user = "it carries a user or a password";
const noUrl = "it is no absolute URL";
const ported = (port: number): string => `its port is ${port}, allowed: 443`;

const refused: readonly (readonly [url: string, fault: string])[] = [
  // Schemes
  ["http://img.example.com/a.png", scheme],
  ["http://8.8.8.8/", scheme],
  ["ftp://img.example.com/", scheme],
  ["file:///etc/passwd", scheme],
  ["data:image/png;base64,AA==", scheme],
  ["gopher://img.example.com/", scheme],
  ["javascript:alert(1)", scheme],
  ["blob:https://img.example.com/1", scheme],
  ["wss://img.example.com/", scheme],
  ["s3://bucket/key", scheme],
  // No URL at all
  ["", noUrl],
  ["img.example.com/a.png", noUrl],
  ["//img.example.com/a.png", noUrl],
  ["https://", noUrl],
  ["https://256.1.1.1/", noUrl],
  ["https://1.2.3.4.5/", noUrl],
  ["https://[fe80::1%25eth0]/", noUrl],
  ["https://[::1/", noUrl],
  ["https://img.example.com:99999/", noUrl],
  [`https://img.example.com/${"a".repeat(8_192)}`, "it is longer than 8192 characters"],
  // User and password
  ["https://user@img.example.com/", user],
  ["https://user:pw@img.example.com/", user],
  ["https://img.example.com%40evil@10.0.0.1/", user],
  ["https://8.8.8.8@img.example.com/", user],
  // Ports
  ["https://img.example.com:80/", ported(80)],
  ["https://img.example.com:8443/", ported(8443)],
  ["https://img.example.com:0/", ported(0)],
  ["https://img.example.com:22/", ported(22)],
  ["https://127.0.0.1:6379/", ported(6379)],
  // IPv4 in every spelling
  ["https://127.0.0.1/", host],
  ["https://127.1/", host],
  ["https://127.0.1/", host],
  ["https://127.0.0.1./", host],
  ["https://2130706433/", host],
  ["https://017700000001/", host],
  ["https://0x7f000001/", host],
  ["https://0x7f.1/", host],
  ["https://0177.0.0.1/", host],
  ["https://%31%32%37.0.0.1/", host],
  ["https://１２７.0.0.1/", host],
  ["https://127。0。0。1/", host],
  ["https://0/", host],
  ["https://0.0.0.0/", host],
  ["https://10.0.0.1/", host],
  ["https://012.0.0.1/", host],
  ["https://100.64.0.1/", host],
  ["https://100.100.100.200/latest/meta-data", host],
  ["https://168.63.129.16/", host],
  ["https://169.254.169.254/latest/meta-data/", host],
  ["https://169.254.170.2/v2/credentials", host],
  ["https://2852039166/", host],
  ["https://172.16.0.1/", host],
  ["https://172.31.255.255/", host],
  ["https://192.168.1.1/", host],
  ["https://192.0.0.192/", host],
  ["https://198.18.0.1/", host],
  ["https://224.0.0.1/", host],
  ["https://255.255.255.255/", host],
  // IPv6
  ["https://[::]/", host],
  ["https://[::1]/", host],
  ["https://[0:0:0:0:0:0:0:1]/", host],
  ["https://[::ffff:127.0.0.1]/", host],
  ["https://[::ffff:7f00:1]/", host],
  ["https://[::ffff:8.8.8.8]/", host],
  ["https://[::127.0.0.1]/", host],
  ["https://[64:ff9b::169.254.169.254]/", host],
  ["https://[64:ff9b:1::1]/", host],
  ["https://[2002:7f00:1::]/", host],
  ["https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", host],
  ["https://[2001:db8::1]/", host],
  ["https://[3fff::1]/", host],
  ["https://[fc00::1]/", host],
  ["https://[fd00:ec2::254]/", host],
  ["https://[fe80::1]/", host],
  ["https://[fec0::1]/", host],
  ["https://[ff02::1]/", host],
  ["https://[100::1]/", host],
  ["https://[5f00::1]/", host],
  // Names
  ["https://localhost/", host],
  ["https://LOCALHOST./", host],
  ["https://app.localhost/", host],
  ["https://metadata/", host],
  ["https://metadata.google.internal/", host],
  ["https://printer.local/", host],
  ["https://router.home.arpa/", host],
  ["https://a..example.com/", host],
  ["https://-a.example.com/", host],
  [`https://${"a".repeat(64)}.example.com/`, host],
  // What names stand for
  ["https://nowhere.example.com/", host],
  ["https://inside.example.com/", host],
  ["https://half.example.com/", host],
  ["https://mapped.example.com/", host],
  ["https://nat64.example.com/", host],
  ["https://local6.example.com/", host],
  ["https://meta.example.com/", host],
  ["https://odd.example.com/", host],
  ["https://lies.example.com/", host],
];

describe("SEC-6 URLs that lead nowhere", () => {
  for (const [url, fault] of refused) {
    test(url.slice(0, 60), async () => {
      await assert.rejects(checked(url), (error) => {
        assert.ok(error instanceof Failure);
        assert.equal(error.code, "not_allowed");
        assert.ok(error.message.startsWith(fault), error.message);
        return true;
      });
    });
  }
});

const both = names["img.example.com"] ?? [];

const passed: readonly (readonly [url: string, origin: string, addresses: readonly string[]])[] = [
  ["https://img.example.com/a.png?b=c#d", "https://img.example.com", both],
  ["https://IMG.Example.COM/", "https://img.example.com", both],
  ["https://img.example.com./", "https://img.example.com.", both],
  ["https://img.example.com:443/", "https://img.example.com", both],
  ["https://img。example。com/", "https://img.example.com", both],
  ["https:\\\\img.example.com\\a", "https://img.example.com", both],
  [" https://img.example.com/\n", "https://img.example.com", both],
  ["https://8.8.8.8/", "https://8.8.8.8", ["8.8.8.8"]],
  ["https://134744072/", "https://8.8.8.8", ["8.8.8.8"]],
  ["https://172.32.0.1/", "https://172.32.0.1", ["172.32.0.1"]],
  ["https://100.128.0.1/", "https://100.128.0.1", ["100.128.0.1"]],
  ["https://[2606:4700::1111]/", "https://[2606:4700::1111]", ["2606:4700::1111"]],
];

describe("SEC-6 URLs that lead to the internet", () => {
  for (const [url, origin, addresses] of passed) {
    test(JSON.stringify(url), async () => {
      const found = await checked(url);
      assert.equal(found.origin, origin);
      assert.deepEqual(found.addresses, addresses);
    });
  }

  test("path and query go along, the fragment does not", async () => {
    const { path } = await checked("https://img.example.com/a/../b.png?c=d#e");
    assert.equal(path, "/b.png?c=d");
  });

  test("other ports may be allowed", async () => {
    const { origin } = await guardOf([], [443, 8443]).check("https://8.8.8.8:8443/", never);
    assert.equal(origin, "https://8.8.8.8:8443");
  });
});

/** Allowed by the list, or refused, and by which entries. */
const listed: readonly (readonly [url: string, allow: readonly string[], isAllowed: boolean])[] = [
  ["http://127.0.0.1:8080/", ["127.0.0.1:8080"], true],
  ["http://2130706433:8080/", ["127.0.0.1:8080"], true],
  ["http://127.0.0.1:8081/", ["127.0.0.1:8080"], false],
  ["http://127.0.0.2:8080/", ["127.0.0.1:8080"], false],
  ["http://127.0.0.1/", ["127.0.0.1"], true],
  ["https://127.0.0.1/", ["127.0.0.1"], true],
  ["https://127.0.0.1:80/", ["127.0.0.1"], false],
  ["http://127.0.0.1:80/", ["127.0.0.1:80"], true],
  ["http://[::1]:8080/", ["[::1]:8080"], true],
  ["https://[::1]/", ["::1"], true],
  ["https://[::1]/", ["[::1]"], true],
  ["http://inside.example.com:9000/", ["INSIDE.example.com:9000"], true],
  ["http://inside.example.com.:9000/", ["inside.example.com:9000"], true],
  ["https://user@127.0.0.1:8080/", ["127.0.0.1:8080"], false],
  ["ftp://127.0.0.1/", ["127.0.0.1"], false],
  ["https://sub.inside.example.com/", ["inside.example.com"], false],
  ["https://nowhere.example.com/", ["nowhere.example.com"], false],
  // Ranges
  ["https://10.1.2.3/", ["10.1.0.0/16"], true],
  ["http://10.1.2.3/", ["10.1.0.0/16"], true],
  ["http://10.1.2.3:8080/", ["10.1.0.0/16"], false],
  ["https://10.1.2.3:6379/", ["10.1.0.0/16"], false],
  ["https://10.2.0.1/", ["10.1.0.0/16"], false],
  ["https://intranet.corp.example.com/", ["10.1.0.0/16"], true],
  ["http://intranet.corp.example.com/", ["10.1.0.0/16"], true],
  ["http://img.example.com/", ["10.1.0.0/16"], false],
  ["https://half.example.com/", ["10.0.0.0/8"], true],
  ["http://half.example.com/", ["10.0.0.0/8"], false],
  ["https://[fd00:1::2]/", ["fd00:1::/32"], true],
  ["https://[::ffff:10.1.2.3]/", ["10.0.0.0/8"], false],
];

describe("SEC-6 what an operator allows", () => {
  for (const [url, allow, isAllowed] of listed) {
    test(`${url} with ${allow.join(", ")}: ${isAllowed ? "allowed" : "refused"}`, async () => {
      if (isAllowed) assert.ok((await checked(url, allow)).addresses.length > 0);
      else await assert.rejects(checked(url, allow), { code: "not_allowed" });
    });
  }

  for (const entry of [
    "",
    "a b",
    "https://a",
    "10.0.0.0/0",
    "10.0.0.0/33",
    "10.0.0/8",
    "a:99999",
  ]) {
    test(`"${entry}" is no entry`, () => {
      assert.throws(() => guardOf([entry]), RangeError);
    });
  }
});

describe("SEC-6 the time a name takes", () => {
  const clock = new VirtualClock();
  const silent: Resolver = { lookup: () => new Promise(() => {}) };
  const guard = new EgressGuard({ resolver: silent, clock }, defaultEgressGuardOptions);

  test("is limited", async () => {
    const asked = guard.check("https://img.example.com/", never);
    const refused = assert.rejects(asked, { code: "timeout" });
    await clock.elapse(4_999);
    assert.equal(clock.pendingTimers, 1);
    await clock.elapse(1);
    await refused;
  });

  test("ends with the signal", async () => {
    const leaving = new AbortController();
    const asked = guard.check("https://img.example.com/", leaving.signal);
    leaving.abort(new Error("gone"));
    await assert.rejects(asked, /gone/);
    assert.equal(clock.pendingTimers, 0);
  });
});

test("SEC-6 no fault names an address that was not in the URL", async () => {
  const urls = Object.keys(names).map((name) => `https://${name}/`);
  for (const url of [...urls, "https://nowhere.example.com/"]) {
    const error: unknown = await checked(url).catch((reason: unknown) => reason);
    if (error instanceof Failure) assert.equal(error.message, host);
  }
});
