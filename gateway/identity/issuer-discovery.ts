/** Reads a JSON document of an issuer. Rejects with a sentence that says why it could not. */
export type ReadDocument = (url: string) => Promise<unknown>;

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What an issuer says of itself. Rejects where that is not there, or another issuer's. */
export async function readDiscovery(
  issuer: string,
  read: ReadDocument,
): Promise<Readonly<Record<string, unknown>>> {
  const base = issuer.replace(/\/$/, "");
  const document = await read(`${base}/.well-known/openid-configuration`);
  const said = isObject(document) ? document : {};
  if (said["issuer"] !== issuer) throw new Error("its discovery document is another issuer's");
  return said;
}
