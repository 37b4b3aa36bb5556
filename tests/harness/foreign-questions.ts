import { adminRoutes } from "@sekisho/server/edge/admin/routes.ts";
import { permissions } from "@sekisho/wire/admin/permissions.data.ts";

/** What somebody of another tenant could name of one. */
export interface TenantNames {
  readonly tenant: string;
  /** `key_…` */
  readonly key: string;
  /** `req_…`, `resp_…` and `rsp_…`: of a call, and of an answer that is kept. */
  readonly request: string;
  readonly response: string;
  readonly stream: string;
  readonly user: string;
  readonly session: string;
  readonly agent: string;
  readonly tag: string;
  /** Of idempotency. */
  readonly name: string;
}

export interface ForeignQuestion {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The parameters of all endpoints that name something; one that does not know them says so. */
const parameters = ["tenant", "key", "user", "session", "agent", "tag", "name"] as const;

const queriesOf = (names: TenantNames): string[] => [
  "",
  "?format=csv",
  "?group=agent",
  "?group=key",
  ...parameters.map((each) => `?${each}=${encodeURIComponent(names[each])}`),
];

const bodiesOf = ({ tenant, key, user, session, response }: TenantNames): object[] => [
  { tenant },
  { tenant, user },
  { tenant, session },
  { tenant, role: "viewer" },
  { key },
  { model: "sole", body: { model: "sole", input: "Hello", previous_response_id: response } },
];

const placesOf = (path: string, { key, request }: TenantNames): string[] =>
  /\{\w+\}/.test(path)
    ? [key, request].map((id) => path.replace(/\{\w+\}/, encodeURIComponent(id)))
    : [path];

/**
 * Each endpoint of the admin API, asked for what is a tenant's: of those for who is bound to one
 * with every way to name it. The list is that of the routes, so that a new one is among them.
 */
export const adminQuestions = (names: TenantNames): ForeignQuestion[] =>
  adminRoutes.flatMap(({ method, path, value: { access, query } }): ForeignQuestion[] => {
    // These ask for no administrator yet, and the second ends one's own session.
    if (access === "open" || path === "/admin/session") return [];
    const isForTenants = permissions[access].reach === "tenant";
    const questions = placesOf(path, names).flatMap((place): ForeignQuestion[] => {
      if (method === "GET") {
        const queries = query === "own" ? queriesOf(names) : [""];
        return queries.map((each) => ({ method, path: place + each }));
      }
      if (method === "DELETE") return [{ method, path: place }];
      return bodiesOf(names).map((body) => ({ method, path: place, body }));
    });
    return isForTenants ? questions : questions.slice(0, 1);
  });

/** What a client of another tenant could ask for. */
export function clientQuestions(names: TenantNames): ForeignQuestion[] {
  const { key, tenant, request, response, stream, user, session } = names;
  const whose = { "x-sekisho-user": user, "x-sekisho-session": session };
  const answers = [response, request, stream].flatMap((id): ForeignQuestion[] => [
    { method: "GET", path: `/v1/responses/${id}` },
    { method: "GET", path: `/v1/responses/${id}/input_items` },
    { method: "POST", path: `/v1/responses/${id}/cancel` },
    { method: "DELETE", path: `/v1/responses/${id}` },
    { method: "POST", path: `/v1/responses/${id}/feedback`, body: { score: -1 } },
    { method: "GET", path: `/v1/streams/${id}` },
    { method: "POST", path: `/v1/streams/${id}/cancel` },
  ]);
  const chained = { model: "sole", input: "Hello", previous_response_id: response };
  return [
    ...answers,
    { method: "POST", path: "/v1/responses", body: chained },
    { method: "GET", path: "/v1/budget", headers: whose },
    { method: "GET", path: `/v1/usage?key=${key}` },
    { method: "GET", path: `/v1/usage?tenant=${tenant}` },
    { method: "GET", path: "/v1/usage?group=agent" },
    { method: "GET", path: "/v1/whoami", headers: whose },
    { method: "GET", path: "/v1/models" },
    { method: "GET", path: "/v1/chat/completions" },
  ];
}

/** The same shape, of nobody: `red` becomes a name that there is not, an id one that is none's. */
export const namesOfNobody = (names: TenantNames): TenantNames => ({
  tenant: "nobody",
  key: nobodys(names.key),
  request: nobodys(names.request),
  response: nobodys(names.response),
  stream: nobodys(names.stream),
  user: "nobodys-user",
  session: "nobodys-session",
  agent: "nobodys-agent",
  tag: "nobodys-tag",
  name: "nobodys-name",
});

/** Of the same instant, so that it is looked for in the same places. */
const nobodys = (id: string): string =>
  `${id.slice(0, -6)}${id.endsWith("0") ? "111111" : "000000"}`;

/** An answer without what differs from one to the next, and without the names it was asked by. */
export const likeEveryOther = (text: string, names: TenantNames): string =>
  [...new Set(Object.values(names))]
    .toSorted((one, other) => other.length - one.length)
    .flatMap((name: string) => [name, encodeURIComponent(name), name.replace(/^\w+_/, "")])
    .reduce((shown, name) => shown.replaceAll(name, "…"), text)
    .replaceAll(/(?:req|chatcmpl)[_-][0-9a-z]{26}/g, "an id")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "a time");
