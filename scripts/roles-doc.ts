import { adminRoutes } from "@sekisho/server/edge/admin/routes.ts";
import { permissions, type Permission } from "@sekisho/wire/admin/permissions.data.ts";
import { allPermissions, mayDo } from "@sekisho/wire/admin/staff.ts";
import { staffRoles } from "@sekisho/wire/admin/staff-roles.data.ts";

const head = `# Roles

An admin key (\`ska_…\`) has one of four roles and is bound to nothing, or to one tenant. A key of a
client (\`sk_…\`) has none of them: it calls models, and no admin API.

    npx sekisho keys create --role viewer --name "on call"
    npx sekisho keys create --role developer --tenant acme --name "acme's team"
    npx sekisho whoami

\`sekisho whoami\` (\`GET /admin/whoami\`) says who asks and what they may do. What a role may not
do is 403 \`forbidden\`, with the permission that it takes; the console leaves it out.

- The key that the first start made is an owner's, and so is every admin key from before there were
  roles.
- Who is bound to a tenant sees and changes what belongs to it. What belongs to another is 404, the
  same as what does not exist, and so is the other's name. Lists and figures are those of the own
  tenant. When a tenant is taken out of the configuration its admin keys open nothing.
- Nobody gives more than they have: an admin makes, rotates and revokes the keys of admins,
  developers and viewers, an owner those of everybody. Of admin keys, developers and viewers see
  their own.

## Who may do what

\`everywhere\`: who is bound to no tenant. \`tenant\`: who is bound to one does it there.

| permission | ${staffRoles.join(" | ")} | reach | what it opens |
| ---------- | ${staffRoles.map(() => "-----").join(" | ")} | ----- | ------------- |
`;

const endpointsOf = (permission: Permission): string =>
  adminRoutes
    .filter(({ value }) => value.access === permission)
    .map(({ method, path }) => `\`${method} ${path}\``)
    .join(", ");

function lineOf(permission: Permission): string {
  const { reach, about } = permissions[permission];
  const marks = staffRoles.map((role) => (mayDo({ role, tenant: null }, permission) ? "yes" : "–"));
  const endpoints = endpointsOf(permission);
  const cells = [
    `\`${permission}\``,
    ...marks,
    reach === "tenant" ? "tenant" : "everywhere",
    endpoints === "" ? about : `${about}: ${endpoints}`,
  ];
  return `| ${cells.join(" | ")} |\n`;
}

const foot = `
## What holds of every endpoint

- Query parameters that an endpoint does not know, that stand twice or that have more than 256
  characters are 400 \`invalid_value\`, and so are a \`tenant\`, \`key\`, \`rule\`, \`user\` or
  \`session\` without a value. The answer names the parameters that there are. Two of the browser's
  way in are excepted: \`returnTo\` may be longer, and what an issuer adds to its answer is its own.
- A \`tenant\` is one of the configuration, one that a key or a call in the books has (also when it
  was taken out of the configuration), or \`sekisho\`, that of probes. Any other is 404
  \`not_found\`, in the query as in the bodies of \`POST /admin/erase\` and
  \`POST /admin/cache/purge\`; the answer names the nearest one.
- Errors are problem details (RFC 9457) with a \`code\` of [the table](../errors.md).
`;

/** The text of docs/operating/roles.md: the table of permissions, for operators. */
export const rolesDoc = (): string => head + allPermissions.map(lineOf).join("") + foot;
