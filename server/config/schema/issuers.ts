import { budgetStatuses, usualBudgetStatus } from "@sekisho/wire/budget-status.ts";
import { jwtAlgorithms } from "@sekisho/wire/admin/jwt-algorithms.data.ts";
import { clientSurfaces, maxStreamGraceMs } from "@sekisho/wire/admin/keys.ts";
import { staffRoles } from "@sekisho/wire/admin/staff-roles.data.ts";
import { criticalities, usualCriticality } from "@sekisho/wire/criticality.ts";
import { z } from "zod";
import { addressList } from "./address-range.ts";
import { originList } from "./origin-list.ts";
import { choice, identifier, section, text, wholeNumber } from "./leaf.ts";
import { secretText } from "./secret-text.ts";
import { tagList } from "./tag-list.ts";

const url = (about: string) =>
  z
    .string()
    .max(2_048)
    .refine((each) => /^https?:$/.test(URL.parse(each)?.protocol ?? ""), {
      error: () => "is no URL that begins with https:// or http://",
    })
    .describe(about);

const duration = (about: string) => wholeNumber(about, { min: 60_000, max: 12 * 3_600_000 });

const claim = (about: string) => text(about, 128);

/** What every issuer has. */
const rules = {
  issuer: url("Exactly as tokens say it in `iss`."),
  audience: text("What `aud` must be, or hold."),
  jwksUrl: url("Its public keys; `null`: as its discovery document says.").nullable().default(null),
  algorithms: z
    .array(choice("A signature's algorithm.", jwtAlgorithms))
    .min(1)
    .describe("By which it may sign, and no others.")
    .default(["RS256", "ES256"]),
  addresses: addressList("Addresses and ranges that its tokens are good from; `[]`: any."),
  origins: originList("Pages that may use its tokens in a browser, by their origins."),
  skewMs: wholeNumber("How far its clock may be off.", { min: 0, max: 60_000 }).default(30_000),
};

const clients = section("An issuer whose tokens call models.", {
  ...rules,
  tenant: identifier("tenant")
    .describe("The tenant of all of its tokens; `null`: `tenantClaim` says.")
    .nullable()
    .default(null),
  tenantClaim: claim("The claim that names the tenant; `null`: `tenant` says.")
    .nullable()
    .default(null),
  teamClaim: claim("The claim that names the team; `null`: none.").nullable().default(null),
  userClaim: claim("The claim that names the user, to whom every call is bound.").default("sub"),
  modelsClaim: claim("The claim that lists models; `null`: `models` are for all.")
    .nullable()
    .default(null),
  models: z
    .array(text("A model's name; `*` stands for any run of characters.", 128))
    .min(1)
    .max(1024)
    .describe("What its tokens may name.")
    .default(["*"]),
  surfaces: z
    .array(choice("A surface.", clientSurfaces))
    .min(1)
    .max(64)
    .describe("What its tokens may call.")
    .default(["*"]),
  criticality: choice("The most that its calls may say of themselves.", criticalities).default(
    usualCriticality,
  ),
  requestBudget: identifier("budget")
    .describe("A budget of the tenant with the scope `request`: each call must fit it.")
    .nullable()
    .default(null),
  budgetStatus: z
    .literal([...budgetStatuses])
    .describe("The HTTP status of refusals by budgets: 402 or 429.")
    .default(usualBudgetStatus),
  tags: tagList("What calls with its tokens are marked with in the ledger."),
  streamGraceMs: wholeNumber(
    "As `streams.graceMs`, for resumable answers to its tokens; `null`: that one.",
    { min: 0, max: maxStreamGraceMs },
  )
    .nullable()
    .default(null),
});

export const issuers = z
  .record(identifier("issuer"), clients)
  .describe("Issuers of tokens (JWT) that clients send in the place of keys, by a name of yours.")
  .default({});

const signIn = section("People sign in to the console at the issuer, in a browser.", {
  clientId: text("By which the issuer knows this gateway; its ID tokens are for it.", 256),
  clientSecret: secretText.nullable().default(null),
  label: text("What the button on the page calls the issuer.", 40).default("OpenID Connect"),
  origin: url("Where browsers reach the console, `https://console.example.com`; `null`: loopback.")
    .nullable()
    .default(null),
  scopes: z
    .array(text("A scope.", 128))
    .min(1)
    .max(32)
    .describe("What is asked for; `openid` must be among it.")
    .default(["openid", "profile", "email"]),
  maxMs: duration("A session ends after it, however much it is used.").default(8 * 3_600_000),
  idleMs: duration("A session ends when no page of it has been open for so long.").default(
    1_800_000,
  ),
});

export const oidc = section("An issuer of tokens for administrators.", {
  ...rules,
  rolesClaim: claim("The claim that lists groups or roles.").default("groups"),
  roles: z
    .record(text("What the claim says.", 128), choice("A role.", staffRoles))
    .describe("What the claim says, and which role that is; the one that may do most counts.")
    .default({}),
  tenantClaim: claim("The claim that binds to a tenant; `null`: all are of the installation.")
    .nullable()
    .default(null),
  userClaim: claim("The claim by which a person stands in the audit log.").default("sub"),
  signIn: signIn.nullable().default(null),
});
