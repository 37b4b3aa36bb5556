import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import type { Dialect } from "./dialect.ts";
import {
  both,
  expected,
  has,
  isHalf,
  isThird,
  page,
  says,
  share,
  silent,
  type Expected,
  type Heard,
  type Pair,
} from "./fault-harness.ts";
import {
  errorFaults,
  streamErrors,
  type ErrorFault,
  type FaultName,
  type StreamErrorFault,
} from "./faults.data.ts";

/** How the tests of one dialect hear its answers. */
export interface Ears {
  readonly dialect: Dialect;
  readonly contentType: RegExp;
  /** The JSON of the good events, in their order; null for one that is broken. */
  readonly events: (body: Buffer) => (string | null)[];
  /** A piece of the JSON of every event with text. */
  readonly textMember: string;
  /** A piece of the JSON of the event that ends a message. */
  readonly endMember: string;
  /** What the first event holds. */
  readonly startMember: string;
  /** Does the stream end with that error? */
  readonly endsWithError: (heard: Heard, name: ErrorFault) => boolean;
  /** Of a stream or a plain answer. */
  readonly outputTokens: (body: Buffer, stream: boolean) => unknown;
  readonly stopReasons: Readonly<Record<"filtered" | "guardrail" | "refusal", string>>;
  /** Is the odd framing both odd and right? */
  /** Is a frame with a wrong checksum the end of what can be read? */
  readonly hasChecksums: boolean;
  readonly isOdd: (body: Buffer) => boolean;
}

const openHead = ({ head, wire }: Heard): boolean => head !== "" && wire === "";
const isClean = ({ wire }: Heard): boolean => wire.endsWith("\r\n0\r\n\r\n");
const half = expected(["fin", "cut_by_us"], 60, isHalf);

/** The table of faults of one dialect whose answers are rows of blocks. */
class BlockFaults {
  readonly #ears: Ears;
  readonly #errorBody: Expected;

  constructor(ears: Ears) {
    this.#ears = ears;
    this.#errorBody = expected(
      ["fin", "error"],
      0,
      (heard) => heard.body.toString() === this.#jsonOf("500", heard),
    );
  }

  errors(): Record<ErrorFault, Pair> {
    const rows = errorFaults.map((name) => [name, this.#error(name)]);
    return Object.fromEntries(rows) as Record<ErrorFault, Pair>;
  }

  /** No answer at all, or one that ends early. */
  cuts() {
    const contents = this.#contents;
    const silence = both(expected(["open", null], 0, silent));
    return {
      "502": both(page(502)),
      "504": both(page(504)),
      "empty-body": [
        expected(["fin", "error"], 0, (heard) => {
          return this.#ears.contentType.test(heard.head) && openHead(heard);
        }),
        expected(["fin", "error"], 0, openHead),
      ],
      "html-body": both(page(200)),
      "empty-object": both(expected(["fin", "error"], 0, says("{}"))),
      "error-body": both(this.#errorBody),
      "close-fin": both(expected(["fin", "cut_by_us"], 0, silent)),
      "close-rst": both(expected(["rst", "cut_by_us"], 0, silent)),
      "keepalive-race": both(expected(["fin", "complete"], 60, ({ body }) => body.length > 0)),
      "stall-head": silence,
      "stall-body": both(expected(["open", null], 0, openHead)),
      "stall-role": [
        expected(["open", null], 0, ({ body }) => {
          const said = this.#ears.events(body);
          return said.length === 1 && said[0]?.includes(this.#ears.startMember) === true;
        }),
        expected(["open", null], 0, (heard) => Math.abs(share(heard) - 0.5) < 0.01),
      ],
      stall: [
        expected(["open", null], 0, ({ body }) => contents(body) === 20),
        expected(["open", null], 0, isThird),
      ],
      "cut-fin": [
        expected(["fin", "cut_by_us"], 20, (heard) => {
          return contents(heard.body) === 20 && !isClean(heard);
        }),
        expected(["fin", "cut_by_us"], 60, isThird),
      ],
      "cut-rst": [
        expected(["rst", "cut_by_us"], 20, ({ body }) => contents(body) === 20),
        expected(["rst", "cut_by_us"], 60, isThird),
      ],
      "cut-clean": [this.#unended(20), half],
      "truncated-frame": [this.#unended(60), half],
    } as const;
  }

  /** Answers that hold what should not be there. */
  frames() {
    const contents = this.#contents;
    const endings = this.#endings;
    return {
      "broken-event": [
        expected(["fin", "complete"], 60, (heard) => {
          const broken = this.#ears.events(heard.body).filter((event) => event === null);
          return broken.length === 1 && contents(heard.body) === 60 && endings(heard.body) === 1;
        }),
        half,
      ],
      "huge-line": [
        expected(["fin", "complete"], 60, ({ body }) => body.length > 2 ** 20),
        expected(["fin", "complete"], 60, has("a".repeat(2 ** 20))),
      ],
      "error-first": [
        expected(["fin", "error"], 0, (heard) => {
          return contents(heard.body) === 0 && this.#ears.endsWithError(heard, "500");
        }),
        this.#errorBody,
      ],
      ...this.#streamErrors(),
      "error-event": [this.#errorAfter("500"), this.#errorBody],
      "no-terminal": [this.#unended(60), half],
      "bad-crc": [
        expected(["fin", "complete"], 60, (heard) => {
          return contents(heard.body) === (this.#ears.hasChecksums ? 20 : 60);
        }),
        expected(["fin", "complete"], 60, ({ body }) => body.length > 0),
      ],
      "huge-length": [
        this.#ears.hasChecksums
          ? this.#unended(20)
          : expected(["fin", "complete"], 60, ({ body }) => endings(body) === 1),
        expected(["fin", "complete"], 60, ({ body }) => body.length > 0),
      ],
      "double-terminal": [
        expected(["fin", "complete"], 60, ({ body }) => endings(body) === 2),
        expected(["fin", "complete"], 60, has("}{")),
      ],
      "content-after-end": [
        expected(["fin", "complete"], 60, ({ body }) => {
          return contents(body) === 63 && endings(body) === 2;
        }),
        expected(["fin", "complete"], 60, has("\nand more")),
      ],
      endless: both(expected(["open", null], 0, ({ wire }) => wire.length > 8_000_000)),
      "odd-framing": [
        expected(["fin", "complete"], 60, ({ body }) => this.#ears.isOdd(body)),
        expected(["fin", "complete"], 60, (heard) => {
          return typeof JSON.parse(heard.body.toString()) === "object" && has("\r\n\t")(heard);
        }),
      ],
    } as const;
  }

  /** Answers that are whole, and not as usual. */
  oddities() {
    return {
      filtered: this.#stopReason("filtered", 20),
      guardrail: this.#stopReason("guardrail", 20),
      refusal: this.#stopReason("refusal", 16),
      "cut-tool-json": both(expected(["fin", "complete"], 60, ({ body }) => body.length > 0)),
      "no-usage": both(
        expected(["fin", "complete"], 60, ({ body }) => !/"usage":\{/.test(body.toString())),
      ),
      "usage-huge": this.#usage(1e9),
      "usage-negative": this.#usage(-61),
      "usage-string": this.#usage("60"),
      gzip: [
        expected(["fin", "complete"], 60, ({ head, body }) => {
          assert.match(head, /content-encoding: gzip/);
          return this.#contents(gunzipSync(body)) === 60;
        }),
        expected(["fin", "complete"], 60, ({ body }) => {
          return this.#ears.outputTokens(gunzipSync(body), false) === 60;
        }),
      ],
      bomb: both(expected(["fin", "error"], 0, ({ body }) => gunzipSync(body).length >= 2 ** 20)),
      "many-headers": both(
        expected(["fin", "complete"], 60, ({ head }) => {
          return head.split("x-simulated-").length === 5_001;
        }),
      ),
      redirect: both(
        expected(["fin", "error"], 0, ({ head }) => {
          return /^HTTP\/1.1 307 /.test(head) && /169\.254/.test(head);
        }),
      ),
    } as const;
  }

  readonly #count = (body: Buffer, member: string): number =>
    this.#ears.events(body).filter((event) => event?.includes(member)).length;
  readonly #contents = (body: Buffer): number => this.#count(body, this.#ears.textMember);
  readonly #endings = (body: Buffer): number => this.#count(body, this.#ears.endMember);

  #jsonOf(name: ErrorFault, { call }: Heard): string {
    const { dialect } = this.#ears;
    return dialect.errors.json(dialect.errors.faults[name], dialect.requestId(call.id), null);
  }

  #error(name: ErrorFault): Pair {
    const { errors } = this.#ears.dialect;
    return both(
      expected(["fin", "error"], 0, (heard) => {
        assert.equal(heard.body.toString(), this.#jsonOf(name, heard));
        for (const header of errors.headers(errors.faults[name])) {
          assert.ok(heard.head.includes(header), header);
        }
        return heard.head.startsWith(`HTTP/1.1 ${errors.faults[name].status} `);
      }),
    );
  }

  /** A well-formed end of the body behind so many tokens, and no end of the message. */
  #unended(tokens: number): Expected {
    return expected(["fin", "cut_by_us"], tokens, (heard) => {
      const { body } = heard;
      return this.#contents(body) === tokens && isClean(heard) && this.#endings(body) === 0;
    });
  }

  #errorAfter(name: ErrorFault): Expected {
    return expected(["fin", "cut_by_us"], 20, (heard) => {
      return this.#contents(heard.body) === 20 && this.#ears.endsWithError(heard, name);
    });
  }

  #streamErrors(): Record<StreamErrorFault, Pair> {
    const rows = Object.entries(streamErrors).map(([fault, name]) => {
      const [, plain] = this.#error(name);
      return [fault, [this.#errorAfter(name), plain]];
    });
    return Object.fromEntries(rows) as Record<StreamErrorFault, Pair>;
  }

  #stopReason(fault: keyof Ears["stopReasons"], tokens: number): Pair {
    const said = `"${this.#ears.stopReasons[fault]}"`;
    return [
      expected(["fin", "complete"], tokens, ({ body }) => {
        return this.#count(body, said) === 1 && this.#endings(body) === 1;
      }),
      expected(["fin", "complete"], tokens, has(said)),
    ];
  }

  #usage(value: unknown): Pair {
    const isThat =
      (stream: boolean) =>
      ({ body }: Heard): boolean =>
        this.#ears.outputTokens(body, stream) === value;
    return [
      expected(["fin", "complete"], 60, isThat(true)),
      expected(["fin", "complete"], 60, isThat(false)),
    ];
  }
}

/** What is to be heard of each fault where answers are rows of blocks. */
export const blockFaults = (ears: Ears): Record<FaultName, Pair> => {
  const faults = new BlockFaults(ears);
  return { ...faults.errors(), ...faults.cuts(), ...faults.frames(), ...faults.oddities() };
};
