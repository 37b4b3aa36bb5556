import { decimalText } from "@sekisho/lib/text/decimal.ts";
import type { NanoUsdJson } from "@sekisho/wire/admin/usage.ts";
import type { Language } from "./languages.ts";
import type { Words } from "./words.ts";

/** How figures are written in one language. */
export interface Figures {
  /** A count: grouped digits, shortened from 100,000 on. */
  readonly count: (value: number) => string;
  /** Something per second. */
  readonly rate: (value: number) => string;
  /** From 0 to 1. */
  readonly percent: (value: number) => string;
  /** Milliseconds, in the unit that suits them. */
  readonly duration: (ms: number) => string;
  /** The same on an axis: no more digits than it takes. */
  readonly durationTick: (ms: number) => string;
  readonly usd: (nanoUsd: NanoUsdJson) => string;
  /** To the last digit: what is compared with a bill. */
  readonly exactUsd: (nanoUsd: NanoUsdJson) => string;
  /** Day and time of epoch milliseconds. */
  readonly moment: (epochMs: number) => string;
  /** The time of day of epoch milliseconds. */
  readonly timeOfDay: (epochMs: number) => string;
  /** The same without its seconds. */
  readonly minuteOfDay: (epochMs: number) => string;
}

const nanoPerUsd = 1_000_000_000;

export function figuresOf(language: Language, { units }: Pick<Words, "units">): Figures {
  const number = (digits: number): Intl.NumberFormat =>
    new Intl.NumberFormat(language, { minimumFractionDigits: 0, maximumFractionDigits: digits });
  const fixed = (digits: number): Intl.NumberFormat =>
    new Intl.NumberFormat(language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  const [whole, tenths, hundredths] = [number(0), number(1), number(2)];
  const short = new Intl.NumberFormat(language, {
    notation: "compact",
    maximumSignificantDigits: 3,
  });
  const tiny = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
  const minutes = new Intl.DateTimeFormat(language, { timeStyle: "short", hour12: false });
  const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium", hour12: false });
  const dayAndTime = new Intl.DateTimeFormat(language, {
    dateStyle: "medium",
    timeStyle: "medium",
    hour12: false,
  });
  return {
    count: (value) => (value < 100_000 ? whole.format(value) : short.format(value)),
    rate(value) {
      if (value >= 10_000) return short.format(value);
      if (value >= 100) return whole.format(value);
      return (value >= 10 ? tenths : hundredths).format(value);
    },
    percent: (value) => percentText(value, { whole, tenths, hundredths }),
    duration: (ms) => durationText(ms, units, [whole, fixed(1), fixed(2)]),
    durationTick: (ms) => durationText(ms, units, [whole, tenths, hundredths]),
    usd(nanoUsd) {
      const usd = Number(nanoUsd) / nanoPerUsd;
      if (usd === 0) return "$0";
      const format = usd < 0.01 ? tiny : usd < 1 ? fixed(3) : usd < 10_000 ? fixed(2) : whole;
      return `$${format.format(usd)}`;
    },
    exactUsd: (nanoUsd) => exactUsdText(nanoUsd, whole),
    moment: (epochMs) => dayAndTime.format(epochMs),
    timeOfDay: (epochMs) => clock.format(epochMs),
    minuteOfDay: (epochMs) => minutes.format(epochMs),
  };
}

/** A sum beyond 2^53 has digits that a number has not. */
function exactUsdText(nanoUsd: NanoUsdJson, whole: Intl.NumberFormat): string {
  const exact = decimalText(BigInt(nanoUsd), { decimals: 9, least: 2 });
  const [dollars = "", fraction = ""] = exact.split(".");
  return `$${whole.format(BigInt(dollars))}.${fraction}`;
}

type Digits = readonly [
  whole: Intl.NumberFormat,
  tenths: Intl.NumberFormat,
  hundredths: Intl.NumberFormat,
];

function durationText(ms: number, units: Words["units"], digits: Digits): string {
  const [whole, tenths, hundredths] = digits;
  const [secondMs, minuteMs, hourMs] = [1_000, 60_000, 3_600_000];
  if (ms > 0 && ms < 9.95) return `${tenths.format(ms)} ${units.ms}`;
  if (ms < 999.5) return `${whole.format(ms)} ${units.ms}`;
  if (ms < 9.995 * secondMs) return `${hundredths.format(ms / secondMs)} ${units.s}`;
  if (ms < 59.95 * secondMs) return `${tenths.format(ms / secondMs)} ${units.s}`;
  if (ms < hourMs) return `${whole.format(Math.floor(ms / minuteMs))} ${units.min}`;
  return `${whole.format(Math.floor(ms / hourMs))} ${units.h}`;
}

/** Small shares keep the digits that tell them from none, large ones from all. */
function percentText(
  value: number,
  formats: Readonly<Record<"whole" | "tenths" | "hundredths", Intl.NumberFormat>>,
): string {
  const percent = value * 100;
  if (percent === 0 || percent === 100) return `${formats.whole.format(percent)} %`;
  if (percent < 0.1) return "< 0.1 %";
  if (percent > 99.9) return "> 99.9 %";
  return `${(percent < 10 ? formats.hundredths : formats.tenths).format(percent)} %`;
}
