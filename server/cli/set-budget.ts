import {
  budgetLimits,
  type BudgetChange,
  type BudgetChanged,
  type BudgetLimits,
} from "@sekisho/wire/admin/budget-change.ts";
import { AdminClient } from "./admin-client.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import type { OptionValues } from "./option-values.ts";
import { formatTable, printable, type Column } from "./table.ts";
import { budgetTitle, formatLimit } from "./budget-title.ts";
import { plainFigure } from "./figure-text.ts";
import { refusedFigure } from "./refused-figure.ts";
import { spentAlready } from "./spent-already.ts";
import { cliFailure } from "./terminal.ts";

type Limit = (typeof budgetLimits)[number];

/** `inputTokens` of the configuration is `--input-tokens`. */
const options = {
  usd: "usd",
  inputTokens: "input-tokens",
  outputTokens: "output-tokens",
  totalTokens: "total-tokens",
  alerts: "alerts",
} as const satisfies Record<Limit, string>;

const columns: readonly Column[] = [
  { title: "LIMIT", align: "left" },
  { title: "BEFORE", align: "right" },
  { title: "AFTER", align: "right" },
];

/** `sekisho budgets set`: one budget is changed, on the server, among those of that instant. */
export async function setBudget(invocation: Invocation): Promise<Exit> {
  const { options: given, terminal } = invocation;
  const body = orderOf(given);
  const client = AdminClient.connect(invocation);
  const answer = await client.send("POST", "/admin/budgets", body);
  // The server's own type: what is no answer of ours was refused by the client.
  const changed = answer as BudgetChanged;
  if (given.has("json")) {
    terminal.out(`${JSON.stringify(changed)}\n`);
    return "ok";
  }
  terminal.err(`${printable(sentenceOf(changed))}\n`);
  terminal.out(formatTable(columns, rowsOf(changed)));
  const path = `tenants.${changed.tenant}.budgets`;
  const until = `"sekisho config unset ${path}" gives the file its say back`;
  const state = changed.isRunTime
    ? `${path} is set at run time and wins over the file: ${until}.`
    : `${path} is what the file says.`;
  terminal.err(`${printable(state)}\n`);
  const spent = await spentAlready(client, changed);
  if (spent !== null) terminal.err(`${printable(spent)}\n`);
  return "ok";
}

function orderOf(given: OptionValues): Record<keyof BudgetChange, unknown> {
  const isNew = given.has("new");
  const isRemoved = given.has("remove");
  const named = budgetLimits.filter((limit) => given.has(options[limit]));
  const missing = ["tenant", "scope"].find((name) => !given.has(name));
  if (missing !== undefined) throw refused(`--${missing} is missing`);
  if (isNew && isRemoved) throw refused("--new adds one, --remove takes one away");
  if (isRemoved && named.length > 0) throw refused("--remove takes it away with all its limits");
  if (!isRemoved && named.length === 0) {
    const flags = Object.values(options).map((name) => `--${name}`);
    throw refused(`name a limit (${flags.join(", ")}) or --remove`);
  }
  return {
    tenant: given.text("tenant") ?? "",
    name: given.text("name") ?? null,
    action: isRemoved ? "remove" : isNew ? "add" : "set",
    limits: Object.fromEntries(named.map((limit) => [limit, limitOf(given, limit)])),
    scope: given.text("scope"),
    window: given.text("window"),
  };
}

const refused = (why: string) => cliFailure("usage", `Cannot change a budget: ${why}`);

function limitOf(given: OptionValues, limit: Limit): number | number[] | null {
  const name = options[limit];
  const isNone = given.text(name) === "none";
  if (limit === "alerts") {
    return isNone ? [] : (given.list(name) ?? []).map((text) => amountOf(name, text));
  }
  if (isNone) return null;
  return limit === "usd" ? amountOf(name, given.text(name) ?? "") : (given.count(name) ?? null);
}

/** More would not be exact any more. */
const mostDigits = 15;

function amountOf(name: string, text: string): number {
  const plain = plainFigure(text);
  const [whole = ""] = plain?.split(".") ?? [];
  // The server says how much it may be, and how fine.
  if (plain !== null && whole.length <= mostDigits) return Number(plain);
  const words = "a number such as 50, 0.25 or 1,234.50 is expected, or none";
  const why = plain === null ? words : `it must have at most ${mostDigits} digits`;
  throw refusedFigure(name, text, why);
}

function sentenceOf({ tenant, scope, window, name, before, after }: BudgetChanged): string {
  const which = `The budget of ${budgetTitle({ tenant, scope, window, name })}`;
  if (after === null) return `${which} is removed, from now on and also after a restart.`;
  if (before === null) {
    // Of a request each is limited alone, and nothing adds up.
    const counted = scope === "request" ? "" : " It counts what is spent from now on.";
    return `${which} is added, from now on and also after a restart.${counted}`;
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return `${which} said so before.`;
  return `${which} is changed, from now on and also after a restart.`;
}

const rowsOf = ({ before, after }: BudgetChanged): readonly (readonly string[])[] =>
  budgetLimits
    .map((limit) => [limit, shown(before, limit), shown(after, limit)])
    .filter(([, ...sides]) => sides.some((side) => side !== "none"));

/** One limit as a cell; that of a budget which is not there is empty. */
function shown(limits: BudgetLimits | null, limit: Limit): string {
  if (limits === null) return "none";
  const value = limits[limit];
  if (typeof value === "number") return formatLimit(value);
  return value === null || value.length === 0 ? "none" : value.join(", ");
}
